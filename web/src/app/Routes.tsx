/** Which address shows which screen. What the first screen does not need is loaded when it is opened. */

import { useLingui } from '@lingui/react/macro';
import { lazy, Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { useSession } from '@/session/session';
import { RowSkeletons } from '@/ui/parts';
import ui from '@/ui/ui.module.css';
import { EventsPage } from './EventsPage';

const NewEvent = lazy(() => import('@/features/events/NewEvent').then((module) => ({ default: module.NewEvent })));
const EventPage = lazy(() => import('./EventPage'));
const JoinScreen = lazy(() => import('@/features/links/JoinScreen').then((module) => ({ default: module.JoinScreen })));
const Register = lazy(() => import('@/features/account/Register').then((module) => ({ default: module.Register })));
const SignIn = lazy(() => import('@/features/account/SignIn').then((module) => ({ default: module.SignIn })));
const Profile = lazy(() => import('@/features/account/Profile').then((module) => ({ default: module.Profile })));
const Security = lazy(() => import('@/features/account/Security').then((module) => ({ default: module.Security })));
const Devices = lazy(() => import('@/features/account/Devices').then((module) => ({ default: module.Devices })));
const MoreScreen = lazy(() => import('@/features/settings/MoreScreen').then((module) => ({ default: module.MoreScreen })));
const WaitingChanges = lazy(() => import('@/features/settings/WaitingChanges').then((module) => ({ default: module.WaitingChanges })));

export function Routes() {
  const { user } = useSession();
  return (
    <Suspense fallback={<Loading />}>
      <Switch>
        <Route path="/events/new"><EventsPage><NewEvent /></EventsPage></Route>
        <Route path="/events/:eventId/*?">{({ eventId }) => <EventsPage eventId={eventId}><EventPage key={eventId} eventId={eventId} /></EventsPage>}</Route>
        <Route path="/events"><EventsPage /></Route>
        <Route path="/join"><JoinScreen /></Route>
        <Route path="/register"><Register /></Route>
        <Route path="/sign-in"><SignIn /></Route>
        <Route path="/more/waiting"><WaitingChanges /></Route>
        {user && <Route path="/more/profile"><Profile /></Route>}
        {user && <Route path="/more/security"><Security /></Route>}
        {user && <Route path="/more/devices"><Devices /></Route>}
        <Route path="/more"><MoreScreen /></Route>
        <Route><Redirect to="/events" replace /></Route>
      </Switch>
    </Suspense>
  );
}

function Loading() {
  const { t } = useLingui();
  return <div className={ui.page} style={{ paddingTop: 72 }} aria-label={t`Loading`}><RowSkeletons /></div>;
}
