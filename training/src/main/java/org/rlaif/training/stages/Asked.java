package org.rlaif.training.stages;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Example;
import org.rlaif.model.PromptEncoder;
import org.rlaif.training.data.ContextFilter;
import org.rlaif.training.environments.Environment;
import org.rlaif.training.rollouts.Episodes;
import org.rlaif.training.run.Run;

/** What a policy is asked: prompts that leave room, or with an environment how episodes begin. */
final class Asked {
  private final ContextFilter filter;
  private final boolean playing;

  Asked(Run run, PromptEncoder encoder, @Nullable Environment environment) {
    this.playing = environment != null;
    this.filter =
        run.filter(environment == null ? encoder : Episodes.withTools(encoder, environment));
  }

  /**
   * Those that fit.
   *
   * @param maxTokens that there has to be room for behind a prompt
   */
  List<Example> prompts(List<Example> examples, int maxTokens) {
    List<Example> asked = playing ? examples.stream().map(Episodes::beginning).toList() : examples;
    return filter.prompts(filter.examples(asked), maxTokens);
  }

  /** How many did not. */
  int dropped() {
    return filter.dropped();
  }
}
