/** Short names for the generated types of the contract. */

import type { components } from './schema';

type Schemas = components['schemas'];

export type Event = Schemas['Event'];
export type EventSummary = Schemas['EventSummary'];
export type NewEvent = Schemas['NewEvent'];
export type Member = Schemas['Member'];
export type Role = Member['role'];
export type Expense = Schemas['Expense'];
export type Kind = Expense['kind'];
export type Split = Schemas['Split'];
export type Payer = Schemas['Payer'];
export type Share = Schemas['Share'];
export type Balances = Schemas['Balances'];
export type Balance = Schemas['Balance'];
export type BalanceLine = Schemas['BalanceLine'];
export type Settlement = Schemas['Settlement'];
export type Transfer = Schemas['Transfer'];
export type Category = Schemas['Category'];
export type Activity = Schemas['ActivityEntry'];
export type User = Schemas['User'];
export type Device = Schemas['SignedInDevice'];
export type SecretLink = Schemas['SecretLink'];
export type Tokens = Schemas['Tokens'];
export type GuestTokens = Schemas['GuestTokens'];
export type TotpSetup = Schemas['TotpSetup'];
export type RecordExpense = Schemas['RecordExpense'];
export type EditExpense = Schemas['EditExpense'];
export type RecordPayment = Schemas['RecordPayment'];
export type AddMember = Schemas['AddMember'];
export type EditMember = Schemas['EditMember'];
export type CreateEvent = Schemas['CreateEvent'];
export type EditEvent = Schemas['EditEvent'];
export type EditUser = Schemas['EditUser'];
export type SignIn = Schemas['SignIn'];
export type ProblemDetails = Schemas['ProblemDetails'];
