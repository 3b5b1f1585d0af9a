package org.rlaif.serving.cli;

import org.rlaif.serving.graph.ComputeConfig;
import picocli.CommandLine.Option;

/** On what a server computes. */
public final class ComputeOptions {
  @Option(
      names = "--threads",
      defaultValue = "0",
      description = "Threads that compute (default: one per processor).")
  private int threads;

  @Option(names = "--device", defaultValue = "cpu", description = "cpu (the only one here).")
  private String device = "";

  public ComputeConfig compute() {
    return new ComputeConfig(threads, device);
  }
}
