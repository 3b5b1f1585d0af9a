package org.rlaif.judge;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.ConfigFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.Resources;
import org.rlaif.kit.UserError;

/**
 * Which judge, and how it is made up. The commented defaults are in {@code judge.yaml}; there every
 * kind's settings stand side by side, so that another kind is chosen by one word.
 *
 * @param kind the name of the one that answers
 * @param rubric its principles: a shipped name or a YAML file
 * @param kinds the settings of every kind, by its name
 */
@JsonDeserialize(using = JudgeConfig.Reader.class)
public record JudgeConfig(String kind, String rubric, Map<String, JudgeKind> kinds) {

  /** The record of every kind, by its name. */
  private static final Map<String, Class<? extends JudgeKind>> KINDS =
      byName(
          List.of(
              RubricJudge.Config.class, // one line for each kind
              ServedKind.class,
              EndpointKind.class,
              RewardModelJudge.Config.class,
              KnownLabels.Config.class,
              Person.Config.class,
              EnsembleKind.class));

  /** The settings of the kind that answers. */
  public JudgeKind chosen() {
    return Objects.requireNonNull(kinds.get(kind), kind);
  }

  /**
   * The settings of the language model that answers.
   *
   * @throws UserError if the kind is none
   */
  public LanguageModelKind languageModel() {
    if (chosen() instanceof LanguageModelKind model) {
      return model;
    }
    throw UserError.expected("kind", kind, "model or endpoint, a language model");
  }

  /**
   * Opens the judge; close it when its last question is answered. Nothing is sent before the first.
   *
   * @param seed of a rubric judge's noise
   * @param ownServer opens a client, with that time limit, of the server to use for a model if the
   *     configuration has no address; null if there is none
   * @param answers the file in which answers that cost something are kept, each before it counts,
   *     so that none is asked for twice; null: they are not kept
   */
  public Judge open(
      long seed, @Nullable Function<Duration, RlaifClient> ownServer, @Nullable Path answers) {
    return chosen().open(Rubric.load(rubric), new JudgeKind.Opening(seed, ownServer, answers));
  }

  /** The same on the run's own server, where the model has that name. */
  public JudgeConfig servedAs(String model) {
    return with(kind -> kind.servedAs(model));
  }

  /** All that decides its answers, the content of its files too; equal for equal judges. */
  public Object decisive() {
    Map<String, String> files = chosen().files();
    files.forEach(
        (key, file) ->
            UserError.require(
                Files.isRegularFile(Path.of(file)), "judge." + key, file, "a file that exists"));
    return List.of(
        with(JudgeKind::decisive),
        Rubric.load(rubric),
        chosen().principles(),
        files.values().stream().map(file -> AtomicFiles.sha256(Path.of(file))).toList());
  }

  private JudgeConfig with(UnaryOperator<JudgeKind> change) {
    var changed = new LinkedHashMap<String, JudgeKind>();
    kinds.forEach((name, settings) -> changed.put(name, change.apply(settings)));
    return new JudgeConfig(kind, rubric, changed);
  }

  /** As it is written down: the keys of all kinds in one section. */
  @JsonValue
  ObjectNode json() {
    ObjectNode json = Json.MAPPER.createObjectNode().put("kind", kind).put("rubric", rubric);
    kinds.values().forEach(each -> json.setAll((ObjectNode) Json.MAPPER.valueToTree(each)));
    return json;
  }

  /**
   * Loads a configuration.
   *
   * @param file the differences from the defaults, if any
   * @param settings {@code key=value}; they win
   */
  public static JudgeConfig load(@Nullable Path file, List<String> settings) {
    return ConfigFiles.load(JudgeConfig.class, defaults(), file, settings);
  }

  /** The commented defaults, as YAML; indented, they are a section of a larger configuration. */
  public static String defaults() {
    return Resources.text(JudgeConfig.class, "judge.yaml");
  }

  /** The names of all kinds. */
  public static List<String> kindNames() {
    return List.copyOf(KINDS.keySet());
  }

  private static Map<String, Class<? extends JudgeKind>> byName(
      List<Class<? extends JudgeKind>> all) {
    var byName = new LinkedHashMap<String, Class<? extends JudgeKind>>();
    all.forEach(each -> byName.put(each.getAnnotation(JsonTypeName.class).value(), each));
    return Collections.unmodifiableMap(byName);
  }

  /**
   * Several judges as one: it has to know all of them.
   *
   * @param members YAML files of judges, as that of one
   * @param unsure the next member is asked about a pair where the one before is nearer than this to
   *     even, at most 0.5; null: all are asked about all
   */
  @JsonTypeName("ensemble")
  public record EnsembleKind(List<String> members, @Nullable Double unsure) implements JudgeKind {
    public EnsembleKind {
      members = List.copyOf(members);
      require(unsure == null || (unsure > 0 && unsure <= 0.5), "unsure", unsure, "> 0 and <= 0.5");
    }

    @Override
    public Judge open(Rubric rubric, Opening opening) {
      require(members.size() >= 2, "members", members, "at least 2 files of judges");
      List<Judge> open = new ArrayList<>();
      try {
        for (String file : members) {
          JudgeConfig member = load(file);
          require(
              !member.chosen().servedHere(),
              file + ": address",
              null,
              "host:port of a server: members are not served by the run");
          Path own = opening.answers();
          int index = open.size() + 1;
          open.add(
              member.open(
                  opening.seed() + index,
                  null,
                  own == null ? null : own.resolveSibling(own.getFileName() + "." + index)));
        }
        return new Ensemble(open, unsure);
      } catch (RuntimeException e) {
        open.forEach(Judge::close);
        throw e;
      }
    }

    private static JudgeConfig load(String file) {
      require(Files.isRegularFile(Path.of(file)), "members", file, "a file that exists");
      JudgeConfig member = JudgeConfig.load(Path.of(file), List.of());
      require(!member.kind().equals("ensemble"), file + ": kind", "ensemble", "another kind");
      return member;
    }

    @Override
    public EnsembleKind decisive() {
      return this;
    }

    @Override
    public Map<String, String> files() {
      Map<String, String> files = new LinkedHashMap<>();
      for (String file : members) {
        files.put("members", file);
        load(file).chosen().files().forEach((key, of) -> files.put(file + "." + key, of));
      }
      return files;
    }

    @Override
    public boolean computesAnswers() {
      return members.stream().allMatch(each -> load(each).chosen().computesAnswers());
    }

    @Override
    public boolean canBeAskedAgain() {
      return members.stream().allMatch(each -> load(each).chosen().canBeAskedAgain());
    }
  }

  /**
   * Reads a configuration from one section: each kind takes the keys that are its own, and all of
   * them are checked, whichever answers. A key that nobody takes is an error.
   */
  static final class Reader extends StdDeserializer<JudgeConfig> {
    private static final long serialVersionUID = 1L;

    /** What every judge has. */
    record Common(String kind, String rubric) {
      Common {
        rubric = UserError.given("rubric", rubric, "a shipped name or a YAML file");
      }
    }

    Reader() {
      super(JudgeConfig.class);
    }

    @Override
    public JudgeConfig deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      if (!(context.readTree(parser) instanceof ObjectNode section)) {
        return (JudgeConfig) context.handleUnexpectedToken(JudgeConfig.class, parser);
      }
      Set<String> known = new TreeSet<>(keys(Common.class));
      KINDS.values().forEach(type -> known.addAll(keys(type)));
      for (Map.Entry<String, JsonNode> each : section.properties()) {
        if (!known.contains(each.getKey())) {
          throw UnrecognizedPropertyException.from(
              parser, JudgeConfig.class, each.getKey(), new ArrayList<>(known));
        }
      }
      Common common = part(section, Common.class, context);
      if (!KINDS.containsKey(common.kind())) {
        var why =
            new IllegalArgumentException(
                common.kind() + " (expected: " + either(KINDS.keySet()) + ")");
        JsonMappingException e = JsonMappingException.from(parser, why.getMessage(), why);
        e.prependPath(JudgeConfig.class, "kind");
        throw e;
      }
      var settings = new LinkedHashMap<String, JudgeKind>();
      for (Map.Entry<String, Class<? extends JudgeKind>> each : KINDS.entrySet()) {
        settings.put(each.getKey(), part(section, each.getValue(), context));
      }
      return new JudgeConfig(common.kind(), common.rubric(), settings);
    }

    private static <T> T part(ObjectNode section, Class<T> type, DeserializationContext context)
        throws IOException {
      return context.readTreeAsValue(section.deepCopy().retain(keys(type)), type);
    }

    private static List<String> keys(Class<?> record) {
      return Arrays.stream(record.getRecordComponents()).map(RecordComponent::getName).toList();
    }

    /** {@code a, b or c}. */
    private static String either(Set<String> names) {
      return String.join(", ", names).replaceFirst(", (?=[^,]*$)", " or ");
    }
  }
}
