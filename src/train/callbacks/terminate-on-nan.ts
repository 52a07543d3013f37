/** Whether a batch's loss is lost for good: NaN or infinite. @see keras/callbacks.py `TerminateOnNaN` (2.2.4) */
export function isLost(loss: number): boolean {
  return !Number.isFinite(loss);
}
