package org.rlaif.model.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Json;
import org.rlaif.kit.Message;
import org.rlaif.kit.UserError;
import org.rlaif.kit.UserFiles;
import org.rlaif.model.jinja.JinjaException;
import org.rlaif.model.jinja.Template;
import org.rlaif.model.jinja.Text;

/**
 * How a model was taught to read a conversation: the template of its folder, rendered as Hugging
 * Face's {@code apply_chat_template} renders it.
 *
 * <p>A conversation becomes one text, and that text becomes tokens in one go, so that the ids are
 * those of the reference. But special tokens count as such only where the template wrote them: what
 * a message says is only ever text, and nobody can end a turn by typing {@code <|im_end|>}.
 */
public final class ChatTemplate {
  public static final String FILE = "chat_template.jinja";
  private static final long MOST_BYTES = 1 << 20;

  private static final List<String> TOKENS =
      List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token");

  /**
   * A conversation in tokens.
   *
   * @param mask true on what the assistant writes, the end of its turn included
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  public record Masked(int[] ids, boolean[] mask) {}

  private final Path file;
  private final Template template;
  private final Map<String, Object> variables;
  private final Supplier<LocalDateTime> now;

  private ChatTemplate(
      Path file, Template template, Map<String, Object> variables, Supplier<LocalDateTime> now) {
    this.file = file;
    this.template = template;
    this.variables = variables;
    this.now = now;
  }

  /**
   * The template of a model folder, if it has one: in {@code chat_template.jinja}, or under {@code
   * chat_template} in {@code tokenizer_config.json}, of several the one named "default".
   */
  public static Optional<ChatTemplate> of(Path folder) {
    return of(folder, LocalDateTime::now);
  }

  /** The same, for templates that write the date, by another clock. */
  public static Optional<ChatTemplate> of(Path folder, Supplier<LocalDateTime> now) {
    Path configFile = folder.resolve("tokenizer_config.json");
    JsonNode config = Json.objectIfAny(configFile);
    Path file = folder.resolve(FILE);
    String source =
        Files.exists(file) ? UserFiles.text(file, MOST_BYTES) : source(configFile, config);
    if (source == null) {
      return Optional.empty();
    }
    Path named = Files.exists(file) ? file : configFile;
    try {
      return Optional.of(new ChatTemplate(named, Template.of(source), variables(config), now));
    } catch (JinjaException e) {
      throw new UserError(named + ", chat template: " + e.getMessage(), e);
    }
  }

  /** Writes a template for a tokenizer of ours beside it, in the tokens that those have. */
  public static void writeOurs(Path folder) throws IOException {
    try (InputStream ours = ChatTemplate.class.getResourceAsStream(FILE)) {
      Files.copy(Objects.requireNonNull(ours, FILE), folder.resolve(FILE));
    }
  }

  /** The same template with one more variable, such as Qwen3's {@code enable_thinking}. */
  public ChatTemplate with(String variable, Object value) {
    var more = new HashMap<>(variables);
    more.put(variable, value);
    return new ChatTemplate(file, template, more, now);
  }

  /**
   * The same template, which writes as well what tools the assistant may call.
   *
   * @param tools JSON schemas of functions, as lists and maps
   * @throws UserError if the template writes nothing of them
   */
  public ChatTemplate withTools(List<Map<String, Object>> tools) {
    ChatTemplate more = with("tools", tools);
    List<Message> asked = List.of(Message.user("?"));
    UserError.require(
        !more.render(asked, true).equals(render(asked, true)),
        file + ", chat template",
        "writes no tools",
        "one that does, as there are %d of them".formatted(tools.size()));
    return more;
  }

  /**
   * The text of a conversation.
   *
   * @param generationPrompt whether it ends with what comes before the assistant's next words
   */
  public String render(List<Message> messages, boolean generationPrompt) {
    return text(messages, generationPrompt).toString();
  }

  /**
   * The tokens of a conversation. What the assistant writes is in the template's {@code generation}
   * blocks; in a template without them it is what follows the prompt that ends where a reply
   * begins, up to a token that ends a completion.
   *
   * @param generationPrompt as in {@link #render}
   */
  public Masked encode(Tokenizer tokenizer, List<Message> messages, boolean generationPrompt) {
    Text text = text(messages, generationPrompt);
    Spans tokens = tokenizer.encode(text, Watch.NONE);
    boolean[] mask = new boolean[tokens.ids().length];
    if (!generated(text, tokens, mask)) {
      for (int i = 0; i < messages.size(); i++) {
        if (messages.get(i).isBy(Message.ASSISTANT)) {
          reply(tokenizer, messages, i, text.toString(), tokens, mask);
        }
      }
    }
    return new Masked(tokens.ids(), mask);
  }

  /** Masks the tokens with a char in a {@code generation} block; false if there is none. */
  private static boolean generated(Text text, Spans tokens, boolean[] mask) {
    boolean any = false;
    for (int t = 0; t < mask.length; t++) {
      for (int c = tokens.from()[t]; c < tokens.to()[t]; c++) {
        mask[t] |= text.isGenerated(c);
      }
      any |= mask[t];
    }
    return any;
  }

  /** Masks the assistant's message at an index. */
  private void reply(
      Tokenizer tokenizer,
      List<Message> messages,
      int index,
      String whole,
      Spans tokens,
      boolean[] mask) {
    String prompt = render(messages.subList(0, index), true);
    String turn = render(messages.subList(0, index + 1), false);
    boolean stable = whole.startsWith(turn);
    boolean ended = false;
    if (whole.startsWith(prompt)) {
      int limit = stable ? turn.length() : whole.length();
      for (int t = 0; t < mask.length && !ended && tokens.from()[t] < limit; t++) {
        if (tokens.to()[t] > prompt.length()) {
          mask[t] = true;
          ended = Arrays.binarySearch(tokenizer.endIds(), tokens.ids()[t]) >= 0;
        }
      }
      if (stable || ended) {
        return;
      }
    }
    throw unstable(
        index,
        "generation blocks, or what it writes of some messages before what it writes of more");
  }

  /** Refuses a template that passes over what somebody says. */
  void requireWritten(boolean written, String role) {
    UserError.require(
        written,
        file + ", chat template",
        "writes no message of the role " + role,
        "one that does, as there is such a message behind a completion");
  }

  /** Of a reply that has become another one. */
  UserError rewritten(int index) {
    return UserError.expected(
        file + ", chat template",
        "message " + (index + 1) + " is written otherwise once others follow it",
        "one that stays, as a policy goes on from what it has written");
  }

  UserError unstable(int index, String expectation) {
    return UserError.expected(
        file + ", chat template",
        "message " + (index + 1) + " does not go on where its prompt ends",
        expectation);
  }

  Text text(List<Message> messages, boolean generationPrompt) {
    var all = new HashMap<String, @Nullable Object>(variables);
    all.put(
        "messages",
        messages.stream()
            .map(
                message -> {
                  var entries = new LinkedHashMap<String, String>();
                  entries.put("role", message.role());
                  entries.put("content", message.content());
                  return entries;
                })
            .toList());
    all.put("add_generation_prompt", generationPrompt);
    all.putIfAbsent("tools", null);
    all.put("documents", null);
    try {
      return template.render(all, now);
    } catch (JinjaException e) {
      throw new UserError(file + ", chat template: " + e.getMessage(), e);
    }
  }

  private static @Nullable String source(Path file, JsonNode config) {
    JsonNode named = config.path("chat_template");
    if (!named.isArray()) {
      return named.asText(null);
    }
    for (JsonNode each : named) {
      if (each.path("name").asText().equals("default")) {
        return each.path("template").asText();
      }
    }
    throw UserError.expected(
        file + ", chat_template", named.findValuesAsText("name"), "one with the name default");
  }

  /** The names of the special tokens are the template's own words. */
  private static Map<String, Object> variables(JsonNode config) {
    var variables = new HashMap<String, Object>();
    for (String key : TOKENS) {
      if (config.hasNonNull(key)) {
        JsonNode named = config.path(key); // a string, or an object with its content
        variables.put(key, Text.written(named.path("content").asText(named.asText())));
      }
    }
    return variables;
  }
}
