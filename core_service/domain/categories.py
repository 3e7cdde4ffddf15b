"""The categories that every event has from the start."""

from common.contracts.balances import CategoryEntry

DEFAULT = "general"

BUILT_IN = (
    CategoryEntry("general", "General", "🧾", "#64748b"),
    CategoryEntry("food", "Eating out", "🍽️", "#f97316"),
    CategoryEntry("groceries", "Groceries", "🛒", "#22c55e"),
    CategoryEntry("drinks", "Drinks", "🍻", "#eab308"),
    CategoryEntry("lodging", "Lodging", "🛏️", "#8b5cf6"),
    CategoryEntry("rent", "Rent", "🏠", "#6366f1"),
    CategoryEntry("household", "Household", "🧹", "#14b8a6"),
    CategoryEntry("utilities", "Utilities", "💡", "#facc15"),
    CategoryEntry("transport", "Transport", "🚆", "#3b82f6"),
    CategoryEntry("car", "Car and fuel", "⛽", "#0ea5e9"),
    CategoryEntry("flights", "Flights", "✈️", "#06b6d4"),
    CategoryEntry("activities", "Activities", "🎟️", "#ec4899"),
    CategoryEntry("shopping", "Shopping", "🛍️", "#d946ef"),
    CategoryEntry("gifts", "Gifts", "🎁", "#f43f5e"),
    CategoryEntry("health", "Health", "💊", "#ef4444"),
    CategoryEntry("children", "Children", "🧸", "#fb7185"),
    CategoryEntry("pets", "Pets", "🐾", "#a16207"),
    CategoryEntry("insurance", "Insurance", "🛡️", "#475569"),
    CategoryEntry("taxes", "Taxes and fees", "🏛️", "#78716c"),
    CategoryEntry("other", "Other", "📦", "#94a3b8"),
)

KEYS = frozenset(category.key for category in BUILT_IN)
