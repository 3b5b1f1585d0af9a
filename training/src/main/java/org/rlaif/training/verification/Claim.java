package org.rlaif.training.verification;

import org.rlaif.training.run.RunContext;

/** Something that a finished run says of itself, and that can be found out again. */
interface Claim {
  /** What it is about, in a word. */
  String name();

  /**
   * Finds it out.
   *
   * @param sample of rows, where there are many
   * @return what was compared and how near it is, in one line; or why it cannot be found out
   * @throws org.rlaif.kit.UserError that names the first difference: file, line and field, what is
   *     found there and what is expected
   */
  String verify(RunContext context, Sample sample);
}
