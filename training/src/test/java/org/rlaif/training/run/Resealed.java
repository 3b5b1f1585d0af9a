package org.rlaif.training.run;

import java.io.IOException;
import java.nio.file.Path;

/** For tests of what hashes cannot find. */
public final class Resealed {
  private Resealed() {}

  /** Notes the files of a finished stage as they are now, as if it had left them so. */
  public static void seal(Path stage) throws IOException {
    StageRecord was = StageRecord.read(stage.resolve(StageRecord.FILE));
    StageRecord.write(stage, was.stage(), was.fingerprint(), was.seconds(), was.figures());
  }
}
