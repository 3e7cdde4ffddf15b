/** What is shown when a screen breaks, or a part of it cannot be loaded. */

import { Button } from '@mantine/core';
import { Trans } from '@lingui/react/macro';
import { Component, type ReactNode } from 'react';
import { BrokenLink } from '@/ui/illustrations';
import ui from '@/ui/ui.module.css';

export class Broken extends Component<{ children: ReactNode }, { isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError() {
    return { isBroken: true };
  }

  override render() {
    if (!this.state.isBroken) return this.props.children;
    return (
      <div className={ui.empty} role="alert">
        <BrokenLink />
        <h1><Trans>This screen could not be shown</Trans></h1>
        <p><Trans>What you wrote down is safe. Reload, perhaps once there is a connection again.</Trans></p>
        <Button onClick={() => location.reload()}><Trans>Reload</Trans></Button>
      </div>
    );
  }
}
