package org.rlaif.serving.engine;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.model.text.ChatTemplate;
import org.rlaif.model.text.TextBound;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.serving.queue.TokenRules;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a model was loaded as, and what never changes while it serves.
 *
 * @param chatTemplate how it was taught to read conversations; null: it was not, or in a way that
 *     is not understood
 * @param templateFault why it is not understood; null: it is, or there is none
 * @param rules what texts and token ids it takes
 * @param quantization how its numbers are kept
 */
public record Loaded(
    String name,
    Path folder,
    DecoderConfig config,
    Tokenizer tokenizer,
    @Nullable ChatTemplate chatTemplate,
    @Nullable String templateFault,
    TokenRules rules,
    Quantization quantization) {
  private static final Logger LOG = LoggerFactory.getLogger(Loaded.class);

  static Loaded of(
      String name,
      ModelFolder folder,
      DecoderConfig config,
      Quantization quantization,
      int bytesPerToken) {
    ChatTemplate template = null;
    String fault = null;
    try {
      template = folder.chatTemplate().orElse(null);
    } catch (UserError e) { // whoever asks no chats need not care
      fault = String.valueOf(e.getMessage());
      LOG.warn("{} takes no chats: {}", name, fault);
    }
    return new Loaded(
        name,
        folder.path(),
        config,
        folder.tokenizer(),
        template,
        fault,
        new TokenRules(name, config, new TextBound(config.contextLength(), bytesPerToken)),
        quantization);
  }
}
