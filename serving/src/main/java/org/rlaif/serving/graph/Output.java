package org.rlaif.serving.graph;

/** What is read from the head of a graph. */
public enum Output {
  /** (N, V): the whole distribution. */
  LOGPROBS("logprobs"),
  /** (N, 1): one log-probability each. */
  CHOSEN("chosen_logprobs"),
  /** (N): raw scores. */
  SCORES("scores");

  private final String graphName;

  Output(String graphName) {
    this.graphName = graphName;
  }

  String graphName() {
    return graphName;
  }
}
