package org.rlaif.training.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.training.report.ReportPart;

/**
 * One stage of a run: all there is to know about it.
 *
 * @param <F> its figures: a record that Jackson writes and reads
 */
public interface Stage<F> {
  /**
   * What a stage is called and leaves.
   *
   * @param name of its folder and its command
   * @param description one line, for its command's help
   * @param figures a record that Jackson writes and reads
   * @param leaves what the stages after it find by this; null: nothing
   * @param headline the figures worth a line on the screen, by their names; {@code a.b} reaches
   *     into a record. What is not there is left out
   */
  record About<F>(
      String name,
      String description,
      Class<F> figures,
      @Nullable Product leaves,
      List<String> headline) {}

  About<F> about();

  default String name() {
    return about().name();
  }

  /**
   * All that decides its result, apart from the seed and the stages before it; files that are named
   * by their content.
   */
  Object settings();

  /** Whether it is made from the others in a moment, so that nobody minds if it is made again. */
  default boolean isRedrawn() {
    return false;
  }

  /**
   * Looks, before any stage begins, at settings and at what they name.
   *
   * @throws org.rlaif.kit.UserError by the name of a setting that cannot work
   */
  default void check(Run run) {}

  /** What it would do and need, for {@code --dry-run}. */
  default Estimate estimate(Run run, Sizes sizes) {
    return Estimate.NOTHING;
  }

  /**
   * Does it.
   *
   * @param out a folder to fill, empty and not in its place yet
   */
  F work(RunContext context, Path out) throws IOException;

  /** Of its figures in {@code report.json}. */
  default String section() {
    return name();
  }

  /** Its part of the report. */
  default void report(F figures, Run run, ReportPart part) {}
}
