/** What goes into a Ledger and comes out of it. Every time is in milliseconds, of one origin the caller chooses. */

export interface LedgerOptions {
  /** Most ids that may wait at once (default 10,000). */
  maxWaiting?: number;
  /** How long the id of a reservation that is over is remembered, in milliseconds, 0 or more (default 600,000). */
  rememberMs?: number;
  /** Most ids of reservations that are over that are remembered, the latest ones (default 100,000). */
  rememberIds?: number;
  /** From this age on, in milliseconds, above 0, a report neither counts nor is taken (default 60,000). */
  reportMaxAgeMs?: number;
  /** Most moments a node keeps its own starts and ends of, so that a late report can be merged: 1 or more (default 10,000). */
  maxEvents?: number;
}

/** A reservation that is alive. It holds one slot of its node. */
export interface Reservation {
  id: string;
  node: string;
  /** assigned: the slot is kept for it; running: it was dispatched. */
  state: 'assigned' | 'running';
  /** When it was assigned; of an adopted one, the time of the list that named it. */
  assignedAt: number;
  /** Since when it runs; null while it is assigned. */
  committedAt: number | null;
  /** When it runs out unless something happens before; null: never by itself. */
  expiresAt: number | null;
  /** Found running by `reconcile`, not assigned here. */
  foreign: boolean;
}

/** A reservation that is over, for ever. */
export interface EndedReservation {
  id: string;
  node: string;
  /** released: by its caller; expired: its time ran out; lost: its node was removed, or said that it does not run there. */
  state: 'released' | 'expired' | 'lost';
  /** What it was before. */
  was: 'assigned' | 'running';
  /** Since when its slot is free. */
  at: number;
}

export interface ReservationAnswer extends Reservation {
  /** The call changed nothing: it had been made before. */
  repeated: boolean;
}

export interface ReleaseAnswer {
  id: string;
  /** How the reservation ended, now or before; unknown: never assigned, or forgotten. */
  state: EndedReservation['state'] | 'unknown';
  /** This call freed a slot. At most one release of an id does. */
  freed: boolean;
}

/** The slots of a node as of the ledger's clock. assigned + running = reservations alive on it. */
export interface NodeCounts {
  slots: number;
  /** Reservations not dispatched yet. */
  assigned: number;
  /** Reservations dispatched, adopted ones included. */
  running: number;
  /** What the newest report saw beyond the reservations running at its time; 0 once the report is too old. */
  foreign: number;
  /** Reservations the newest report did not see. A hint that frees nothing: ask the node for its ids and `reconcile`. */
  missing: number;
  /** slots - assigned - running - foreign, and 0 where that is below 0. */
  free: number;
}

/**
 * What became of a report. older: one of the same time or a later one was taken before. stale: it is too old, from before the node
 * was added, or from before the starts and ends the ledger still knows. Only an applied one changes anything.
 */
export type ReportOutcome = 'applied' | 'older' | 'stale';

export interface ObserveAnswer extends NodeCounts {
  outcome: ReportOutcome;
}

export interface ReconcileAnswer extends NodeCounts {
  outcome: ReportOutcome;
  /** Were thought to run there and do not; their slots are free. */
  lost: EndedReservation[];
  /** Run there and were not known; reservations from now on. */
  adopted: string[];
  /** Were assigned there and run already: committed now. */
  started: string[];
  /** Run there though they are over here; foreign work until the next report. */
  stillRunning: string[];
  /** Run there though they are alive on another node; foreign work until the next report. */
  elsewhere: string[];
}

/** Since the ledger was made. assigned + adopted = reservations alive + released + expired + lost, always. */
export interface LedgerStats {
  assigned: number;
  adopted: number;
  released: number;
  expired: number;
  lost: number;
  /** Releases of ids the ledger does not know. */
  unknownReleases: number;
  /** Expired reservations that `expire` did not hand out, because more than rememberIds of them waited for it. */
  dropped: number;
}

/** A ledger as a plain object that survives JSON. */
export interface LedgerSnapshot {
  format: 'outbid-ledger';
  version: 1;
  options: Required<LedgerOptions>;
  /** The clock; null when no time was given yet. */
  now: number | null;
  nodes: {
    id: string;
    slots: number;
    /** Reports from before are stale; null: none are. */
    horizon: number | null;
    report: { at: number; foreign: number; missing: number } | null;
    /** [time, starts - ends], ascending. */
    events: [at: number, change: number][];
  }[];
  reservations: Reservation[];
  /** Over and remembered, in the order they ended. */
  ended: EndedReservation[];
  /** Expired and not handed out yet. */
  uncollected: EndedReservation[];
  waiting: string[];
  stats: LedgerStats;
}
