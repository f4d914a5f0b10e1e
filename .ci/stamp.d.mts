export function filesUnder(place: string): string[];
