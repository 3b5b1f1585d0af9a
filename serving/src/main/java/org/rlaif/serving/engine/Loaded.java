package org.rlaif.serving.engine;

import java.nio.file.Path;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.Quantization;
import org.rlaif.model.Tokenizer;

/**
 * What a model was loaded as, and what never changes while it serves.
 *
 * @param rules what token ids it takes
 * @param quantization how its numbers are kept
 */
public record Loaded(
    String name,
    Path folder,
    DecoderConfig config,
    Tokenizer tokenizer,
    TokenRules rules,
    Quantization quantization) {

  static Loaded of(
      String name, ModelFolder folder, DecoderConfig config, Quantization quantization) {
    return new Loaded(
        name,
        folder.path(),
        config,
        folder.tokenizer(),
        new TokenRules(name, config),
        quantization);
  }
}
