package org.rlaif.model.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.rlaif.model.hub.FakeHub.COMMIT;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.UserError;

/** Files of data sets come the same way as those of models. */
final class HubDatasetTest {
  private static final String START = "hf://datasets/org/tiny/";
  private static final String SECOND = "data/train-00001-of-00002.parquet";
  private static final String FIRST = "data/train-00000-of-00002.parquet";

  private final FakeHub hub = new FakeHub();
  @TempDir private Path home;
  private Path dataset;

  @BeforeEach
  void fill() {
    hub.files.put(SECOND, new byte[] {2, 2});
    hub.files.put(FIRST, new byte[] {1});
    hub.files.put("data/test-00000-of-00001.parquet", new byte[] {3});
    hub.files.put("train.jsonl", new byte[] {4});
    dataset = home.resolve("hub/datasets--org--tiny");
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void aFileLiesInTheCacheAsHuggingFacesToolsPutIt() throws IOException {
    List<DatasetFile> files = dataset(START + FIRST);
    Path place = dataset.resolve("snapshots").resolve(COMMIT).resolve(FIRST);
    assertEquals(List.of(new DatasetFile(START + FIRST, place)), files);
    assertArrayEquals(new byte[] {1}, Files.readAllBytes(place));
    assertEquals(
        Path.of("../../../blobs", FakeHub.sha256(new byte[] {1})), Files.readSymbolicLink(place));
    assertEquals(COMMIT, Files.readString(dataset.resolve("refs/main")));
    assertEquals("/api/datasets/org/tiny/revision/main", hub.requests.get(0).path());
    int asked = hub.requests.size();
    assertEquals(files, dataset(START + FIRST));
    assertEquals(asked, hub.requests.size(), "what is there is not asked for");
    // Another one of the same commit goes beside it.
    dataset("hf://datasets/org/tiny@" + COMMIT + "/train.jsonl");
    assertTrue(Files.exists(place.resolveSibling("../train.jsonl").normalize()));
  }

  @Test
  void aPatternIsAllThatItMatchesAndIsKnownFromThenOn() throws IOException {
    List<DatasetFile> files = dataset(START + "data/train-*.parquet");
    assertEquals(
        List.of(START + FIRST, START + SECOND), files.stream().map(DatasetFile::url).toList());
    assertArrayEquals(new byte[] {2, 2}, Files.readAllBytes(files.get(1).path()));
    int asked = hub.requests.size();
    assertEquals(files, dataset(START + "data/train-*.parquet", Map.of("HF_HUB_OFFLINE", "1")));
    assertEquals(asked, hub.requests.size());
    assertEquals(3, dataset(START + "data/*").size());
  }

  @Test
  void whatIsNotThereIsOneLine() {
    assertMessage(START + "none.parquet", "has no none.parquet", Map.of());
    assertMessage(START + "x-*.parquet", "has no x-*.parquet", Map.of());
    assertMessage(
        "hf://datasets/org/other/a.csv",
        "/api/datasets/org/other/revision/main answers 404",
        Map.of());
    assertMessage(START + FIRST, "HF_HUB_OFFLINE=1 forbids", Map.of("HF_HUB_OFFLINE", "1"));
    for (String none :
        List.of(
            "hf://datasets/org/tiny",
            "hf://datasets/tiny/",
            "hf://models/org/tiny/a",
            START + "../a",
            START + "a/../../b",
            START + ".git/config",
            START + "/etc/passwd",
            "hf://datasets/org/tiny@../a")) {
      assertEquals(
          "data set: " + none + " (expected: hf://datasets/org/name[@revision]/path)",
          assertThrows(UserError.class, () -> dataset(none)).getMessage());
    }
  }

  /** Names that a hub tells are not trusted. */
  @Test
  void namesThatLeadElsewhereAreNoFiles() throws IOException {
    hub.alsoListed.addAll(List.of("data/../../../evil.parquet", "/evil.parquet", "data/.hidden"));
    assertEquals(3, dataset(START + "data/*").size());
    assertEquals(
        DatasetUrl.of("hf://datasets/org/tiny@refs%2Fconvert%2Fparquet/a.parquet").name(),
        new HubName("datasets", "org/tiny", "refs/convert/parquet"));
  }

  private void assertMessage(String url, String part, Map<String, String> more) {
    String message = assertThrows(UserError.class, () -> dataset(url, more)).getMessage();
    assertTrue(message.startsWith("data set " + url + ": not in " + dataset.getParent()), message);
    assertTrue(message.contains(part), message);
    assertEquals(1, message.lines().count());
  }

  private List<DatasetFile> dataset(String url) {
    return dataset(url, Map.of());
  }

  private List<DatasetFile> dataset(String url, Map<String, String> more) {
    var environment = new HashMap<>(Map.of("HF_ENDPOINT", hub.url(), "HF_HOME", home.toString()));
    environment.putAll(more);
    var retry = new HubRetry(3, Duration.ofMillis(5), Duration.ofSeconds(20));
    return new Hub(HubEnvironment.of(environment), retry).dataset(url);
  }
}
