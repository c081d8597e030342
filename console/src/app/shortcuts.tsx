import { useEffect, useState } from 'react';
import { Modal } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { focusSearchSoon } from './nav.tsx';
import styles from './shortcuts.module.css';

const places = { h: '/', l: '/live', p: '/people', g: '/segments', j: '/journeys', m: '/messages', r: '/rejected', s: '/settings' } as const;
const words = [
  ['/', 'Search on this page, or find a person'],
  ['g then h', 'Home'], ['g then l', 'Live events'], ['g then p', 'People'], ['g then g', 'Segments'],
  ['g then j', 'Journeys'], ['g then m', 'Messages'], ['g then r', 'Rejected events'], ['g then s', 'Settings'], ['?', 'This list'],
] as const;

const typing = (target: EventTarget | null): boolean => target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

/** Keys that work on every page, and the list of them behind `?`. They rest while somebody types or a dialog is open. */
export function Shortcuts() {
  const navigate = useNavigate();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    let going = 0;
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector('[role="dialog"]') !== null) return;
      if (Date.now() - going < 1_200 && event.key in places) {
        going = 0;
        event.preventDefault();
        void navigate({ to: places[event.key as keyof typeof places] });
        return;
      }
      going = event.key === 'g' ? Date.now() : 0;
      if (event.key === '?') setShown(true);
      if (event.key !== '/') return;
      event.preventDefault();
      const field = document.querySelector<HTMLInputElement>('main [data-search]');
      if (field !== null) {
        field.focus();
        return;
      }
      void navigate({ to: '/people' });
      focusSearchSoon();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [navigate]);
  return (
    <Modal opened={shown} onClose={() => setShown(false)} title="Keys">
      <dl className={styles.keys}>
        {words.map(([key, name]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{name}</dd></div>)}
      </dl>
    </Modal>
  );
}
