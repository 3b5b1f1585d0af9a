package org.rlaif.model;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Json;
import org.rlaif.kit.Message;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;
import org.rlaif.model.text.ChatPrompt;
import org.rlaif.model.text.ChatTemplate;
import org.rlaif.model.text.EncodedPrompt;
import org.rlaif.model.text.TextPrompt;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.model.text.Watch;

/**
 * Prompts and completions in the tokens of one model, for training. Text is taken as it is; a
 * completion gets the tokens that it has behind its prompt, as {@link EncodedPrompt} says. A
 * conversation is written by the chat template beside the tokenizer, and its completion is the
 * assistant's turn behind it, up to the token that ends it.
 *
 * <p>Templates that write the date always get the same one, so that tokens do not depend on the day
 * of a run; {@link ModelFolder#chatTemplate}, for serving, gives them today's.
 */
public final class PromptEncoder {
  private static final TypeReference<Map<String, Object>> SCHEMA = new TypeReference<>() {};

  /** What Llama's templates write where there is no clock. */
  private static final LocalDateTime TODAY = LocalDateTime.of(2024, 7, 26, 0, 0);

  private final Path folder;
  private final Tokenizer tokenizer;
  private final Supplier<Optional<ChatTemplate>> source;
  private final List<Map<String, Object>> tools;
  private @Nullable ChatTemplate template;

  /** The last prompt: most are asked for more than once in a row. */
  private @Nullable Last last;

  private int apart;

  private record Last(Prompt prompt, EncodedPrompt encoded) {}

  private PromptEncoder(
      Path folder,
      Tokenizer tokenizer,
      Supplier<Optional<ChatTemplate>> source,
      List<Map<String, Object>> tools) {
    this.folder = folder;
    this.tokenizer = tokenizer;
    this.source = source;
    this.tools = tools;
  }

  /** Of a tokenizer, with the chat template in the same folder, which only conversations need. */
  public static PromptEncoder of(Path tokenizerJson, Tokenizer tokenizer) {
    Path folder = tokenizerJson.resolveSibling("");
    return new PromptEncoder(
        folder, tokenizer, () -> ChatTemplate.of(folder, () -> TODAY), List.of());
  }

  /** That of a model folder. */
  public static PromptEncoder of(ModelFolder model) {
    return new PromptEncoder(
        model.path(), model.tokenizer(), () -> model.chatTemplate(() -> TODAY), List.of());
  }

  /**
   * The same for conversations in which the assistant is told of tools; a template that writes none
   * is refused, as is a prompt that no template writes.
   *
   * @param tools JSON schemas of functions; none: nothing changes
   */
  public PromptEncoder withTools(List<JsonNode> tools) {
    List<Map<String, Object>> maps =
        tools.stream().map(each -> Json.MAPPER.convertValue(each, SCHEMA)).toList();
    return maps.isEmpty() ? this : new PromptEncoder(folder, tokenizer, source, maps);
  }

  /**
   * The tokens that a policy goes on with.
   *
   * @param name the prompt's, in errors
   */
  public int[] prompt(String name, Prompt prompt) {
    return encoded(name, prompt).ids();
  }

  /** The text that a prompt becomes before it becomes tokens: what the chat template writes. */
  public String written(String name, Prompt prompt) {
    return prompt instanceof Prompt.Chat chat
        ? asked(name, template -> template.render(chat.messages(), /* generationPrompt= */ true))
        : prompt.transcript();
  }

  /** The tokens of a whole completion, the one that ends it included. */
  public int[] completion(String name, Prompt prompt, String completion) {
    EncodedPrompt encoded = encoded(name, prompt);
    int before = encoded.apart();
    boolean chat = prompt instanceof Prompt.Chat;
    int[] ids =
        chat
            ? asked(name, template -> encoded.encodeWhole(completion))
            : encoded.encodeWhole(completion);
    apart += encoded.apart() - before;
    require(
        !chat
            || (ids.length > 0
                && Arrays.binarySearch(tokenizer.endIds(), ids[ids.length - 1]) >= 0),
        folder + ", chat template",
        "no assistant's turn ends with a token that ends a completion",
        "one of " + Arrays.toString(tokenizer.endIds()) + ", or its id in generation_config.json");
    return ids;
  }

  /**
   * The tokens between a whole completion and the next one: see {@link
   * EncodedPrompt#encodeBetween}.
   *
   * @param prompt that the completion answers, with all turns before it
   */
  public int[] between(String name, Prompt prompt, String completion, List<Message> said) {
    EncodedPrompt encoded = encoded(name, prompt);
    return prompt instanceof Prompt.Chat
        ? asked(name, template -> encoded.encodeBetween(completion, said))
        : encoded.encodeBetween(completion, said);
  }

  /** The tokens of a preference's first completion: those that were sampled, if it has them. */
  public int[] first(Preference preference) {
    Preference.Tokens tokens = preference.tokens();
    return tokens == null
        ? completion(name(preference), preference.prompt(), preference.first())
        : sampled(preference, tokens.first());
  }

  /** The same of its second one. */
  public int[] second(Preference preference) {
    Preference.Tokens tokens = preference.tokens();
    return tokens == null
        ? completion(name(preference), preference.prompt(), preference.second())
        : sampled(preference, tokens.second());
  }

  private int[] sampled(Preference preference, List<Integer> tokens) {
    for (int id : tokens) {
      require(
          id >= 0 && id < tokenizer.vocabularySize(),
          name(preference) + ", tokens",
          id,
          "ids from 0 to " + (tokenizer.vocabularySize() - 1));
    }
    return tokens.stream().mapToInt(Integer::intValue).toArray();
  }

  private static String name(Preference preference) {
    return "preference " + preference.id();
  }

  /**
   * How many completions so far became tokens apart from their prompts, since together the prompt's
   * own would have changed.
   */
  public int apart() {
    return apart;
  }

  private EncodedPrompt encoded(String name, Prompt prompt) {
    Last known = last;
    if (known != null && known.prompt.equals(prompt)) {
      return known.encoded;
    }
    require(
        tools.isEmpty() || prompt instanceof Prompt.Chat,
        name,
        "a text",
        "a conversation, as a chat template tells the assistant of tools");
    EncodedPrompt encoded =
        prompt instanceof Prompt.Chat chat
            ? asked(
                name, template -> new ChatPrompt(tokenizer, template, chat.messages(), Watch.NONE))
            : TextPrompt.of(tokenizer, prompt.transcript(), Watch.NONE);
    last = new Last(prompt, encoded);
    return encoded;
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
      ChatTemplate found =
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
      template = tools.isEmpty() ? found : found.withTools(tools);
    }
    try {
      return question.apply(template);
    } catch (UserError e) {
      throw new UserError(name + ": " + e.getMessage(), e);
    }
  }
}
