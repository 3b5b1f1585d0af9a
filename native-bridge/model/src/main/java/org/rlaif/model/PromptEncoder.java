package org.rlaif.model;

import static org.rlaif.kit.UserError.require;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;

/**
 * Prompts and completions in the tokens of one model, for training. Text is taken as it is. A
 * conversation is written by the chat template beside the tokenizer, and its completion is the
 * assistant's turn behind it, up to the token that ends it.
 *
 * <p>Templates that write the date always get the same one, so that tokens do not depend on the day
 * of a run; {@link ModelFolder#chatTemplate}, for serving, gives them today's.
 */
public final class PromptEncoder {
  /** What Llama's templates write where there is no clock. */
  private static final LocalDateTime TODAY = LocalDateTime.of(2024, 7, 26, 0, 0);

  private final Path folder;
  private final Tokenizer tokenizer;
  private final Supplier<Optional<ChatTemplate>> source;
  private @Nullable ChatTemplate template;

  private PromptEncoder(Path folder, Tokenizer tokenizer, Supplier<Optional<ChatTemplate>> source) {
    this.folder = folder;
    this.tokenizer = tokenizer;
    this.source = source;
  }

  /** Of a tokenizer, with the chat template in the same folder, which only conversations need. */
  public static PromptEncoder of(Path tokenizerJson, Tokenizer tokenizer) {
    Path folder = tokenizerJson.resolveSibling("");
    return new PromptEncoder(folder, tokenizer, () -> ChatTemplate.of(folder, () -> TODAY));
  }

  /** That of a model folder. */
  public static PromptEncoder of(ModelFolder model) {
    return new PromptEncoder(
        model.path(), model.tokenizer(), () -> model.chatTemplate(() -> TODAY));
  }

  /**
   * The tokens that a policy goes on with.
   *
   * @param name the prompt's, in errors
   */
  public int[] prompt(String name, Prompt prompt) {
    return prompt instanceof Prompt.Chat chat
        ? asked(name, template -> template.encodePrompt(tokenizer, chat.messages()))
        : tokenizer.encodePrompt(prompt.transcript());
  }

  /** The tokens of a whole completion, the one that ends it included. */
  public int[] completion(String name, Prompt prompt, String completion) {
    if (!(prompt instanceof Prompt.Chat chat)) {
      return tokenizer.encodeCompletion(completion);
    }
    int[] ids =
        asked(
            name, template -> template.prompt(tokenizer, chat.messages()).encodeReply(completion));
    require(
        ids.length > 0 && Arrays.binarySearch(tokenizer.endIds(), ids[ids.length - 1]) >= 0,
        folder + ", chat template",
        "no assistant's turn ends with a token that ends a completion",
        "one of " + Arrays.toString(tokenizer.endIds()) + ", or its id in generation_config.json");
    return ids;
  }

  /** Where among a prompt's tokens those are that the assistant wrote, in rising order. */
  public int[] earlierTurns(String name, Prompt prompt) {
    if (!(prompt instanceof Prompt.Chat chat)) {
      return new int[0];
    }
    boolean[] mask =
        asked(name, template -> template.encode(tokenizer, chat.messages(), true).mask());
    return IntStream.range(0, mask.length).filter(at -> mask[at]).toArray();
  }

  private <T> T asked(String name, Function<ChatTemplate, T> question) {
    if (template == null) {
      template =
          source
              .get()
              .orElseThrow(
                  () ->
                      UserError.expected(
                          folder.toString(),
                          "no chat template",
                          "chat_template.jinja, or chat_template in tokenizer_config.json, since "
                              + name
                              + " is a conversation"));
    }
    try {
      return question.apply(template);
    } catch (UserError e) {
      throw new UserError(name + ": " + e.getMessage(), e);
    }
  }
}
