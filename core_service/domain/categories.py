"""The categories that every event has from the start."""

from common.contracts.categories import Category

DEFAULT = "general"

BUILT_IN = (
    Category("general", "General", "🧾", "#64748b", built_in=True),
    Category("food", "Eating out", "🍽️", "#f97316", built_in=True),
    Category("groceries", "Groceries", "🛒", "#22c55e", built_in=True),
    Category("drinks", "Drinks", "🍻", "#eab308", built_in=True),
    Category("lodging", "Lodging", "🛏️", "#8b5cf6", built_in=True),
    Category("rent", "Rent", "🏠", "#6366f1", built_in=True),
    Category("household", "Household", "🧹", "#14b8a6", built_in=True),
    Category("utilities", "Utilities", "💡", "#facc15", built_in=True),
    Category("transport", "Transport", "🚆", "#3b82f6", built_in=True),
    Category("car", "Car and fuel", "⛽", "#0ea5e9", built_in=True),
    Category("flights", "Flights", "✈️", "#06b6d4", built_in=True),
    Category("activities", "Activities", "🎟️", "#ec4899", built_in=True),
    Category("shopping", "Shopping", "🛍️", "#d946ef", built_in=True),
    Category("gifts", "Gifts", "🎁", "#f43f5e", built_in=True),
    Category("health", "Health", "💊", "#ef4444", built_in=True),
    Category("children", "Children", "🧸", "#fb7185", built_in=True),
    Category("pets", "Pets", "🐾", "#a16207", built_in=True),
    Category("insurance", "Insurance", "🛡️", "#475569", built_in=True),
    Category("taxes", "Taxes and fees", "🏛️", "#78716c", built_in=True),
    Category("other", "Other", "📦", "#94a3b8", built_in=True),
)

KEYS = frozenset(category.key for category in BUILT_IN)
