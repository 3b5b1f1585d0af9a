package org.rlaif.training.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.rlaif.kit.Example;
import org.rlaif.kit.JsonLines;
import org.rlaif.training.config.DataConfig;
import org.rlaif.training.tldr.Facts;
import org.rlaif.training.tldr.Post;
import org.rlaif.training.tldr.Split;
import org.rlaif.training.tldr.TldrWorld;

/**
 * The summarisation task that writes itself, with what the generator put into each post in a file
 * of its own: only the evaluation and the report read that one.
 */
public final class GeneratedData {
  private static final String FACTS = "facts.jsonl";

  /** What one post says; {@code id} is that of its example. */
  private record PostFacts(String id, Facts facts) {}

  private GeneratedData() {}

  /** Generates the posts and writes them, and apart from them their facts, into a folder. */
  public static DataSet.Figures write(DataConfig config, long seed, Path folder) {
    TldrWorld world = new TldrWorld(seed);
    List<Post> train = world.posts(Split.TRAIN, config.posts().train());
    List<Post> validation = world.posts(Split.VALIDATION, config.posts().validation());
    List<Post> test = world.posts(Split.TEST, config.posts().test());
    DataSet data =
        new DataSet(
            examples(train, config),
            examples(validation, config),
            examples(test, config),
            List.of(),
            List.of());
    data.write(folder);
    JsonLines.write(
        folder.resolve(FACTS),
        Stream.of(train, validation, test)
            .flatMap(List::stream)
            .map(post -> new PostFacts(post.id(), post.facts()))
            .toList());
    return data.figures(RowCounts.NONE);
  }

  /** The facts of each post, by the id of its example; empty for users' own data. */
  public static Map<String, Facts> facts(Path folder) {
    Path file = folder.resolve(FACTS);
    if (!Files.exists(file)) {
      return Map.of();
    }
    Map<String, Facts> facts = new HashMap<>();
    JsonLines.read(file, PostFacts.class).forEach(each -> facts.put(each.id(), each.facts()));
    return facts;
  }

  /** A completion goes on with a text after a space, with a conversation in a turn of its own. */
  private static List<Example> examples(List<Post> posts, DataConfig config) {
    Asking asking = Asking.of(config);
    return posts.stream()
        .map(
            post ->
                new Example(
                    post.id(),
                    asking.text(post.prompt()),
                    config.chat() ? post.completion().strip() : post.completion()))
        .toList();
  }
}
