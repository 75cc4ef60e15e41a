/** The invented company whose calls are generated. Its numbers are reserved for fiction, so nobody can be rung up. */

export interface Employee {
  readonly id: string;
  readonly principalName: string;
  readonly displayName: string;
  readonly country: string;
  readonly number: string;
  /** Without summer time, so that the output does not depend on a machine's time zone data. */
  readonly utcOffsetHours: number;
}

export interface Destination {
  readonly name: string;
  /** `#` stands for any digit. */
  readonly number: string;
  /** In micros, per minute begun. */
  readonly rate: bigint;
}

/** The one who calls most comes first. */
export const EMPLOYEES: readonly Employee[] = [
  employee('3ceaaf30-8142-48ea-91d9-3080f9b439fc', 'Ana Moreno', ['US', '+14255550101', -8]),
  employee('6301bbfc-a0c5-454e-8ff9-bb510944fe0c', 'Kim Park', ['GB', '+442079460018', 0]),
  employee('9dfb369b-ab13-4fae-a276-55daa05f1119', 'Bo Lind', ['DE', '+493023125017', 1]),
  employee('0d1f3d0c-52ba-4a9c-9a54-0f2c4b7f1a66', 'Dana Reyes', ['US', '+12125550133', -5]),
  employee('51c7b1d9-9a0e-4f3b-8a43-6c6d0f6a7e02', 'Siobhan Walsh', ['IE', '+353209100123', 0]),
  employee('a8e3c4f2-7d65-4b1a-b7d8-2f9e5c310b47', 'Liam Chen', ['AU', '+61255501234', 10]),
];

/** The most called comes first. */
export const DESTINATIONS: readonly Destination[] = [
  { name: 'United Kingdom', number: '+442079460###', rate: 16_500n },
  { name: 'Germany', number: '+4930231250##', rate: 16_500n },
  { name: 'Canada', number: '+141655501##', rate: 13_000n },
  { name: 'France', number: '+331990002##', rate: 14_500n },
  { name: 'United Kingdom, mobile', number: '+447700900###', rate: 93_500n },
  { name: 'Australia', number: '+61255505###', rate: 22_200n },
  { name: 'Ireland', number: '+3532091001##', rate: 16_500n },
  { name: 'Sweden', number: '+4684650045#', rate: 17_500n },
  { name: 'Jamaica', number: '+187655501##', rate: 189_000n },
  { name: 'Dominican Republic', number: '+180955501##', rate: 115_000n },
];

/** Callers pay nothing on this number: the company does, per minute begun. */
export const TOLL_FREE: Destination = { name: 'United States', number: '+1800555019#', rate: 22_000n };
export const CALLER_NUMBER = '+1512555018#';
export const DOMESTIC_NUMBER = '+1206555017#';

function employee(
  id: string,
  displayName: string,
  [country, number, utcOffsetHours]: readonly [string, string, number],
): Employee {
  const principalName = `${displayName.toLowerCase().replace(' ', '.')}@contoso.example`;
  return { id, principalName, displayName, country, number, utcOffsetHours };
}
