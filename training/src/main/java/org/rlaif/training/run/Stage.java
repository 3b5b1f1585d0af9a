package org.rlaif.training.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One stage of a run.
 *
 * @param name of its folder and its command
 * @param settings all that decides its result, apart from the seed and the stages before it
 * @param headline the figures worth a line on the screen, by their names; {@code a.b} reaches into
 *     a map
 * @param check refuses settings that cannot work, before any stage begins
 * @param work what it does
 */
public record Stage(String name, Object settings, List<String> headline, Check check, Work work) {

  /** What can be known beforehand. */
  @FunctionalInterface
  public interface Check {
    /** With every setting there is something to be done. */
    Check NOTHING = run -> {};

    /**
     * Looks at settings and at what they name.
     *
     * @throws org.rlaif.kit.UserError by the setting's name
     */
    void of(RunContext run);
  }

  /** The work itself. */
  @FunctionalInterface
  public interface Work {
    /**
     * Fills a folder.
     *
     * @param out empty, and not in its place yet
     * @return the stage's figures
     */
    Map<String, Object> run(RunContext context, Path out) throws IOException;
  }
}
