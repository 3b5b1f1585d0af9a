package org.rlaif.serving.engine;

import java.util.List;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;
import org.rlaif.model.text.ChatPrompt;
import org.rlaif.model.text.ChatTemplate;
import org.rlaif.model.text.Watch;
import org.rlaif.serving.update.Excerpt;

/**
 * Prompts like those that a quantised policy will be asked; it is calibrated and checked on them.
 */
@FunctionalInterface
public interface Calibration {
  /** More of them are not looked at. */
  int MOST_PROMPTS = Excerpt.ALL / (Excerpt.COMPLETION + 1);

  /** Tokens of one that are looked at. */
  int LONGEST_PROMPT = Excerpt.PROMPT;

  Calibration NONE = model -> List.of();

  /** In a model's tokens; of a long one the beginning is enough. */
  List<int[]> prompts(Loaded model);

  /** Texts, and conversations for whoever has a template for them: else their transcripts. */
  static Calibration of(List<Prompt> prompts) {
    List<Prompt> some = Excerpt.spread(prompts, Excerpt.COMPLETION + 1);
    return model -> some.stream().map(prompt -> tokens(model, prompt)).toList();
  }

  private static int[] tokens(Loaded model, Prompt prompt) {
    ChatTemplate template = model.chatTemplate();
    if (prompt instanceof Prompt.Chat chat && template != null) {
      try {
        return new ChatPrompt(model.tokenizer(), template, chat.messages(), Watch.NONE).ids();
      } catch (UserError e) {
        throw new UserError("calibration: " + e.getMessage(), e);
      }
    }
    return model.tokenizer().encodePrompt(prompt.transcript());
  }
}
