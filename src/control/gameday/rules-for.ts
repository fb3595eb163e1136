import type { Expectation } from './plan.ts'
import type { AlertRule } from './prometheus-client.ts'

/** Rules that may raise an expected alert: labels they set themselves are not others than those expected. */
export const rulesFor = ({ alert, labels }: Pick<Expectation, 'alert' | 'labels'>, rules: readonly AlertRule[]): readonly AlertRule[] => rules.filter((rule) =>
  rule.alert === alert && Object.entries(labels).every(([label, value]) => !Object.hasOwn(rule.labels, label) || rule.labels[label] === value || isTemplate(rule.labels[label])))

/** Whether a rule's label is made from what it is about. */
export const isTemplate = (text: string | undefined): boolean => text?.includes('{{') === true
