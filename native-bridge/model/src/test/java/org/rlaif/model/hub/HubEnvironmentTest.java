package org.rlaif.model.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.UserError;

final class HubEnvironmentTest {
  @TempDir private Path folder;

  @Test
  void theCacheIsWhereHuggingFacesToolsKeepIt() {
    assertEquals(Path.of("/c"), cache(Map.of("HF_HUB_CACHE", "/c", "HF_HOME", "/h")));
    assertEquals(Path.of("/h/hub"), cache(Map.of("HF_HOME", "/h", "XDG_CACHE_HOME", "/x")));
    assertEquals(
        Path.of("/x/huggingface/hub"), cache(Map.of("XDG_CACHE_HOME", "/x", "HOME", "/u")));
    assertEquals(
        Path.of("/u/.cache/huggingface/hub"), cache(Map.of("HOME", "/u", "HF_HUB_CACHE", "")));
    assertEquals(Path.of("/u/h/hub"), cache(Map.of("HOME", "/u", "HF_HOME", "~/h")));
  }

  @Test
  void theEndpointIsAUrl() {
    assertEquals("https://huggingface.co", HubEnvironment.of(at(Map.of())).endpoint().toString());
    assertEquals(
        "http://mirror:8080/hf",
        HubEnvironment.of(at(Map.of("HF_ENDPOINT", "http://mirror:8080/hf/")))
            .endpoint()
            .toString());
    for (String none : new String[] {"mirror", "file:///x", "https://", "https://a b"}) {
      var e =
          assertThrows(UserError.class, () -> HubEnvironment.of(at(Map.of("HF_ENDPOINT", none))));
      assertEquals(1, e.getMessage().lines().count());
    }
  }

  @Test
  void theTokenIsInAVariableOrInAFile() throws IOException {
    assertNull(sent(at(Map.of())));
    Files.writeString(folder.resolve("token"), "hf_file\n");
    assertEquals("Bearer hf_file", sent(at(Map.of())));
    Path other = Files.writeString(folder.resolve("other"), "hf_other");
    assertEquals("Bearer hf_other", sent(at(Map.of("HF_TOKEN_PATH", other.toString()))));
    var both = at(Map.of("HF_TOKEN", " hf_variable ", "HF_TOKEN_PATH", other.toString()));
    assertEquals("Bearer hf_variable", sent(both));
    assertFalse(HubEnvironment.of(both).toString().contains("hf_variable"));
    var e =
        assertThrows(
            UserError.class, () -> HubEnvironment.of(at(Map.of("HF_TOKEN", "hf_two\nlines"))));
    assertEquals("HF_TOKEN: the token in it has characters that no token has", e.getMessage());
  }

  @Test
  void offlineIsWhatHuggingFaceTakesForTrue() {
    assertNull(HubEnvironment.of(at(Map.of("HF_HUB_OFFLINE", "0"))).offline());
    assertEquals(
        "HF_HUB_OFFLINE=True", HubEnvironment.of(at(Map.of("HF_HUB_OFFLINE", "True"))).offline());
    assertEquals(
        "TRANSFORMERS_OFFLINE=yes",
        HubEnvironment.of(at(Map.of("TRANSFORMERS_OFFLINE", "yes"))).offline());
  }

  private Map<String, String> at(Map<String, String> more) {
    var variables = new HashMap<>(Map.of("HF_HOME", folder.toString()));
    variables.putAll(more);
    return variables;
  }

  private static Path cache(Map<String, String> variables) {
    return HubEnvironment.of(variables).cache();
  }

  private static String sent(Map<String, String> variables) {
    var request = HttpRequest.newBuilder(URI.create("http://localhost"));
    HubEnvironment.of(variables).token().sign(request);
    return request.build().headers().firstValue("Authorization").orElse(null);
  }
}
