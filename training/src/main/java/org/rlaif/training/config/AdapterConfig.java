package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

import java.util.List;
import org.rlaif.model.Lora;

/**
 * A low-rank adapter that is trained in the place of all weights; see {@link Lora}.
 *
 * @param rank 0: there is none
 */
public record AdapterConfig(int rank, double alpha, boolean rankStabilised, List<String> targets) {
  /** All weights are trained. */
  public static final AdapterConfig NONE = new AdapterConfig(0, 16, false, List.of(Lora.ALL));

  public AdapterConfig {
    targets = List.copyOf(targets);
    require(rank >= 0, "model.adapter.rank", rank, ">= 0; 0 trains all weights");
    Ranges.positive("model.adapter.alpha", alpha);
    require(!targets.isEmpty(), "model.adapter.targets", targets, "at least one");
  }

  public boolean wanted() {
    return rank > 0;
  }

  /** What is trained if it is on. */
  public Lora lora() {
    return new Lora(rank, alpha, rankStabilised, targets);
  }
}
