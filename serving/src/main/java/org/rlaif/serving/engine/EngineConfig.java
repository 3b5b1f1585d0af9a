package org.rlaif.serving.engine;

import org.rlaif.kit.UserError;

/**
 * How models are served.
 *
 * @param slots sequences that a policy decodes at the same time; 0: chosen by the model's size
 * @param threads that compute one operator; 0: one per processor
 * @param spinning whether idle threads wait busily: only where nothing else computes
 * @param device {@code cpu}
 * @param maxQueue sequences, or score requests (256 at most), that may wait per model
 * @param maxQueuePerClient of those sequences, how many may be one client's
 */
public record EngineConfig(
    int slots, int threads, boolean spinning, String device, int maxQueue, int maxQueuePerClient) {
  public EngineConfig {
    UserError.require(slots >= 0, "slots", slots, ">= 1, or 0: chosen by the model's size");
    UserError.require(threads >= 0, "threads", threads, ">= 1, or 0: one per processor");
    UserError.require(maxQueue >= 1, "maxQueue", maxQueue, ">= 1");
    UserError.require(
        maxQueuePerClient >= 1 && maxQueuePerClient <= maxQueue,
        "max-queue-per-client",
        maxQueuePerClient,
        "from 1 to " + maxQueue);
    UserError.require(
        device.equals("cpu"), "device", device, "cpu; this build's ONNX Runtime knows no other");
  }

  /** For one client, or several that leave each other room. */
  public EngineConfig(int slots, int threads, boolean spinning, String device, int maxQueue) {
    this(slots, threads, spinning, device, maxQueue, maxQueue);
  }
}
