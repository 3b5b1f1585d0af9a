package org.rlaif.training.run;

/** What a stage leaves for those after it. */
public enum Product {
  /** Examples and preferences. */
  DATA,
  /** {@code tokenizer.json} and its companions. */
  TOKENIZER,
  /** The policy that feedback is given about, and that training begins with. */
  START("sft"),
  /** Completions to be judged. */
  CANDIDATES,
  /** Preferences to learn from, and held-out ones. */
  PREFERENCES,
  /** The reward model. */
  REWARD("reward"),
  /** The policy that the run is for. */
  POLICY("policy");

  private final String servedName;

  Product() {
    this("");
  }

  Product(String servedName) {
    this.servedName = servedName;
  }

  /** Whether it is a model folder, {@code model/} in its stage's. */
  public boolean isModel() {
    return !servedName.isEmpty();
  }

  /** Under which a model is served. */
  public String servedName() {
    return servedName;
  }
}
