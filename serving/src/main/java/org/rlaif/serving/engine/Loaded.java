package org.rlaif.serving.engine;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;
import org.rlaif.model.ChatTemplate;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.Quantization;
import org.rlaif.model.TextBound;
import org.rlaif.model.Tokenizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a model was loaded as, and what never changes while it serves.
 *
 * @param chatTemplate how it was taught to read conversations; null: it was not, or in a way that
 *     is not understood
 * @param rules what texts and token ids it takes
 * @param quantization how its numbers are kept
 */
public record Loaded(
    String name,
    Path folder,
    DecoderConfig config,
    Tokenizer tokenizer,
    @Nullable ChatTemplate chatTemplate,
    TokenRules rules,
    Quantization quantization) {
  private static final Logger LOG = LoggerFactory.getLogger(Loaded.class);

  static Loaded of(
      String name,
      ModelFolder folder,
      DecoderConfig config,
      Quantization quantization,
      EngineConfig settings) {
    return new Loaded(
        name,
        folder.path(),
        config,
        folder.tokenizer(),
        chatTemplate(name, folder),
        new TokenRules(
            name, config, new TextBound(config.contextLength(), settings.bytesPerToken())),
        quantization);
  }

  /** Whoever asks no chats need not care for a template that cannot be read. */
  private static @Nullable ChatTemplate chatTemplate(String name, ModelFolder folder) {
    try {
      return folder.chatTemplate().orElse(null);
    } catch (UserError e) {
      LOG.warn("{} takes no chats: {}", name, e.getMessage());
      return null;
    }
  }
}
