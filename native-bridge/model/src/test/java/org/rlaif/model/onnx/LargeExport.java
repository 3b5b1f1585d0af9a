package org.rlaif.model.onnx;

import java.nio.file.Path;
import org.rlaif.model.ModelFolder;

/** Exports a small model in the way of a large one, for the tests of rooms that can run it. */
public final class LargeExport {
  private LargeExport() {}

  /** With its weights in a file beside the graph. */
  public static void write(ModelFolder model, Path folder) {
    OnnxExport.write(model, folder, 0, "1.2.3", bytes -> {}, 1000);
  }
}
