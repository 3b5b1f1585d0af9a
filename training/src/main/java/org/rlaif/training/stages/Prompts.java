package org.rlaif.training.stages;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.rlaif.kit.Example;
import org.rlaif.kit.Prompt;

/** Which prompts a policy is asked. */
final class Prompts {
  private Prompts() {}

  /** One example for each prompt, in an order of the seed. */
  static List<Example> different(List<Example> examples, long seed) {
    Map<Prompt, Example> byPrompt = new LinkedHashMap<>();
    examples.forEach(each -> byPrompt.putIfAbsent(each.prompt(), each));
    List<Example> shuffled = new ArrayList<>(byPrompt.values());
    Collections.shuffle(shuffled, new Random(seed));
    return shuffled;
  }
}
