package org.rlaif.serving.queue;

import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.text.TextBound;
import org.rlaif.serving.sampling.Sampling;

/**
 * What texts and token ids a model takes. Messages name the field, its value and what was expected.
 */
public record TokenRules(String model, DecoderConfig config, TextBound bound) {
  /**
   * A text that is not tokenised yet.
   *
   * @param bytes in UTF-8
   */
  public void text(String name, long bytes) {
    UserError.require(
        bytes <= bound.bytes(),
        name,
        bytes + " bytes",
        "at most %d; the context of %s is %d tokens, and bytes-per-token %d"
            .formatted(bound.bytes(), model, bound.tokens(), bound.bytesPerToken()));
  }

  /** A text of which a part is tokenised. */
  public void part(String name, int tokens) {
    UserError.require(
        tokens <= config.contextLength(),
        name,
        "more than " + config.contextLength() + " tokens",
        "fewer; the context of " + model + " is " + config.contextLength());
  }

  /** A prompt has at least one token and leaves room for one more. */
  public void prompt(String name, int[] ids) {
    int most = config.contextLength() - 1;
    UserError.require(
        ids.length >= 1 && ids.length <= most,
        name,
        ids.length + " tokens",
        "from 1 to " + most + "; the context of " + model + " is " + config.contextLength());
    vocabulary(name, ids);
  }

  /** A completion has at least one token and ends within the context. */
  public void completion(String name, int[] prompt, int[] ids) {
    int most = config.contextLength() - prompt.length;
    UserError.require(
        ids.length >= 1 && ids.length <= most,
        name,
        ids.length + " tokens",
        "from 1 to %d after a prompt of %d; the context of %s is %d"
            .formatted(most, prompt.length, model, config.contextLength()));
    vocabulary(name, ids);
  }

  /** Settings speak of tokens that there are. */
  public void sampling(Sampling sampling) {
    sampling
        .penalties()
        .logitBias()
        .keySet()
        .forEach(id -> vocabulary("logit_bias", new int[] {id}));
    sampling.stops().tokenIds().forEach(id -> vocabulary("stop_token_ids", new int[] {id}));
  }

  private void vocabulary(String name, int[] ids) {
    for (int id : ids) {
      UserError.require(
          id >= 0 && id < config.vocabularySize(),
          name,
          "token id " + id,
          "from 0 to " + (config.vocabularySize() - 1));
    }
  }
}
