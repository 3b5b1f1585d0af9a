package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.MetadataUtils;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.Credentials;
import org.rlaif.client.RlaifClient;
import org.rlaif.inference.GRPCInferenceServiceGrpc;
import org.rlaif.inference.ModelInferRequest;
import org.rlaif.kit.UserError;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.v1.ControlGrpc;
import org.rlaif.v1.ListModelsRequest;
import org.rlaif.v1.ScoreRequest;

/** Who gets in: real servers on loopback, real handshakes. */
class SecurityTest {
  private static final String READ = "inference-3f9a";
  private static final String WRITE = "control-77c1";
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  @TempDir static Path folder;
  private static TestCertificates server;
  private static TestCertificates friend;
  private static TestCertificates stranger;

  @BeforeAll
  static void make() throws Exception {
    server = TestCertificates.make(folder, "server");
    friend = TestCertificates.make(folder, "friend");
    stranger = TestCertificates.make(folder, "stranger");
  }

  @Test
  void tlsIsSpokenWithWhomTheClientTrusts() {
    try (RlaifServer here = start(tls(null, null, null))) {
      assertEquals(0, models(here, Credentials.tls(server.certificate())));
      StatusRuntimeException wrong = refused(here, Credentials.tls(stranger.certificate()));
      assertEquals(Status.Code.UNAVAILABLE, wrong.getStatus().getCode());
      assertEquals(
          "the list of models at "
              + address(here)
              + ": no agreement on TLS: unable to find valid certification path to requested"
              + " target",
          wrong.getStatus().getDescription());
      unavailable(
          here,
          Credentials.NONE,
          "the server closed the connection, as one does that wants TLS (expected: if so, the"
              + " certificates that vouch for it)");
    }
    try (RlaifServer plain = start(Security.NONE)) {
      unavailable(
          plain,
          Credentials.tls(server.certificate()),
          "no agreement on TLS: the server answers without it (expected: no certificates, to do"
              + " without too)");
    }
  }

  @Test
  void mutualTlsDemandsACertificate() {
    Credentials trusting = Credentials.tls(server.certificate());
    try (RlaifServer here = start(tls(friend.certificate(), null, null))) {
      assertEquals(0, models(here, trusting.withCertificate(friend.certificate(), friend.key())));
      String none =
          "no agreement on TLS: the server demands a certificate that its CA vouches for, and was"
              + " shown none";
      unavailable(here, trusting, none);
      unavailable( // a client shows none where none of its own will do
          here, trusting.withCertificate(stranger.certificate(), stranger.key()), none);
    }
  }

  /** Where a certificate proves who calls, what the metadata says counts no more. */
  @Test
  void aCertificateIsTheClient() throws Exception {
    try (var log = new CapturedLog()) {
      try (RlaifServer here = start(tls(friend.certificate(), null, null))) {
        var shown =
            TlsChannelCredentials.newBuilder()
                .trustManager(server.certificate().toFile())
                .keyManager(friend.certificate().toFile(), friend.key().toFile())
                .build();
        assertEquals("certificate CN=friend", client(here, shown, log));
      }
      try (RlaifServer here = start(tls(null, null, null))) {
        var trusting =
            TlsChannelCredentials.newBuilder().trustManager(server.certificate().toFile()).build();
        assertEquals("client somebody", client(here, trusting, log));
      }
    }
  }

  /** As whom the server knows one who says to be somebody. */
  private static String client(RlaifServer here, ChannelCredentials credentials, CapturedLog log) {
    var headers = new Metadata();
    String id = "call-" + here.port();
    headers.put(ClientIdentity.HEADER, "somebody");
    headers.put(Calls.REQUEST_ID, id);
    ManagedChannel channel = Grpc.newChannelBuilder(address(here), credentials).build();
    try {
      ControlGrpc.newBlockingStub(channel)
          .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
          .listModels(ListModelsRequest.getDefaultInstance());
      return log.line(id).get("client");
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void aTokenGivesItsRights() {
    try (RlaifServer here = start(tls(null, READ, WRITE))) {
      Credentials tls = Credentials.tls(server.certificate());
      Credentials read = tls.withToken(READ);
      Credentials write = tls.withToken(WRITE);
      assertEquals(0, models(here, read));
      assertEquals(0, models(here, write));
      // Past the guard, the services themselves answer.
      assertEquals(Status.Code.NOT_FOUND, code(() -> score(here, read)));
      assertEquals(Status.Code.NOT_FOUND, code(() -> score(here, write)));
      assertEquals(Status.Code.INVALID_ARGUMENT, code(() -> load(here, write)));
      StatusRuntimeException denied =
          assertThrows(StatusRuntimeException.class, () -> load(here, read));
      assertEquals(Status.Code.PERMISSION_DENIED, denied.getStatus().getCode());
      assertEquals(
          "loading new from nowhere at "
              + address(here)
              + ": authorization: a token for inference, for rlaif.v1.Control/LoadModel"
              + " (expected: the server's RLAIF_CONTROL_TOKEN)",
          denied.getStatus().getDescription());
      silent(denied);
    }
  }

  @Test
  void withoutTheRightTokenNothingAnswers() {
    String expected =
        " (expected: Bearer and the server's RLAIF_TOKEN, or its RLAIF_CONTROL_TOKEN)";
    try (RlaifServer here = start(tokens(READ, WRITE))) {
      for (Credentials credentials :
          List.of(
              Credentials.NONE, Credentials.token("wrong-9d2e"), Credentials.token(READ + "x"))) {
        StatusRuntimeException nobody = refused(here, credentials);
        assertEquals(Status.Code.UNAUTHENTICATED, nobody.getStatus().getCode());
        String reason = nobody.getStatus().getDescription();
        assertTrue(reason.endsWith(expected), reason);
        assertFalse(reason.contains("9d2e"), reason);
        silent(nobody);
      }
      ManagedChannel raw =
          Grpc.newChannelBuilder(address(here), InsecureChannelCredentials.create()).build();
      try {
        assertEquals(ServingStatus.SERVING, health(raw), "who asks has no secrets");
        assertEquals(ServingStatus.SERVING, health(with(raw, "Basic " + READ)));
        assertEquals(Status.Code.UNAUTHENTICATED, code(() -> infer(raw)));
        assertEquals(Status.Code.NOT_FOUND, code(() -> infer(with(raw, "Bearer " + READ))));
      } finally {
        raw.shutdownNow();
      }
    }
  }

  @Test
  void healthIsGuardedTooWhereThatIsWanted() {
    try (RlaifServer here = start(new Security(null, null, null, READ, WRITE, true, false))) {
      ManagedChannel raw =
          Grpc.newChannelBuilder(address(here), InsecureChannelCredentials.create()).build();
      try {
        assertEquals(Status.Code.UNAUTHENTICATED, code(() -> health(raw)));
        assertEquals(Status.Code.UNAUTHENTICATED, code(() -> health(with(raw, "Basic " + READ))));
        assertEquals(ServingStatus.SERVING, health(with(raw, "bearer " + READ)));
      } finally {
        raw.shutdownNow();
      }
    }
  }

  @Test
  void withOneTokenAloneTheOtherRightIsNobodys() {
    try (RlaifServer here = start(tokens(READ, null))) {
      StatusRuntimeException denied =
          assertThrows(StatusRuntimeException.class, () -> load(here, Credentials.token(READ)));
      assertTrue(
          denied
              .getMessage()
              .endsWith("(expected: a server that was started with" + " RLAIF_CONTROL_TOKEN)"),
          denied.getMessage());
    }
    try (RlaifServer here = start(tokens(null, WRITE))) {
      assertEquals(Status.Code.UNAUTHENTICATED, code(() -> score(here, Credentials.NONE)));
      assertEquals(Status.Code.NOT_FOUND, code(() -> score(here, Credentials.token(WRITE))));
    }
  }

  @Test
  void withinTheProcessNobodyIsAsked() {
    try (RlaifServer here = start(tls(friend.certificate(), READ, WRITE));
        RlaifClient client =
            RlaifClient.open("inprocess:" + here.inProcessName(), Duration.ofSeconds(20))) {
      assertEquals(List.of(), client.models());
    }
  }

  @Test
  void beyondThisMachineAnyoneNeedsALeave() {
    var everywhere = new InetSocketAddress("0.0.0.0", 0);
    UserError error = assertThrows(UserError.class, () -> Security.NONE.check(everywhere));
    assertEquals(
        "host: 0.0.0.0 (expected: RLAIF_TOKEN or --tls-client-ca, for other machines can call"
            + " there; --insecure lets anyone in)",
        error.getMessage());
    assertThrows(UserError.class, () -> tls(null, null, null).check(everywhere));
    tokens(null, WRITE).check(everywhere);
    tls(friend.certificate(), null, null).check(everywhere);
    new Security(null, null, null, null, null, false, /* insecure= */ true).check(everywhere);
    Security.NONE.check(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    assertThrows(
        UserError.class,
        () -> RlaifServer.start(ServerConfig.inProcess(Map.of()).listen("0.0.0.0", 0)));
  }

  @Test
  void whatDoesNotFitIsOneLine() throws Exception {
    Path empty = Files.writeString(folder.resolve("empty.crt"), "");
    var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    Path certificate = server.certificate();
    mistake("tls-key: missing", () -> guard(certificate, null, null, null));
    mistake("tls-certificate: missing", () -> guard(null, null, certificate, null));
    mistake("RLAIF_TOKEN: not shown", () -> guard(null, null, null, "tönen"));
    mistake("RLAIF_TOKEN: not shown", () -> guard(null, null, null, ""));
    mistake("RLAIF_CONTROL_TOKEN: the same as RLAIF_TOKEN", () -> tokens(READ, READ));
    mistake(
        "tls-certificate: " + empty, () -> guard(empty, server.key(), null, null).check(loopback));
    mistake(
        "tls-key: " + certificate,
        () -> guard(certificate, certificate, null, null).check(loopback));
    mistake(
        "tls-key: " + friend.key(),
        () -> guard(certificate, friend.key(), null, null).check(loopback));
    mistake(
        "tls-client-ca: nowhere",
        () -> guard(certificate, server.key(), Path.of("nowhere"), null).check(loopback));
    assertThrows(IllegalArgumentException.class, () -> Credentials.tls(Path.of("nowhere")));
    assertThrows(IllegalArgumentException.class, () -> Credentials.token("with space"));
  }

  @Test
  void noTokenIsEverWritten() {
    Security security = tls(null, READ, WRITE);
    String written =
        security
            + " "
            + ServerConfig.inProcess(Map.of()).secure(security)
            + " "
            + Credentials.token(READ);
    assertFalse(written.contains(READ) || written.contains(WRITE), written);
  }

  private static void mistake(String beginning, Executable call) {
    UserError error = assertThrows(UserError.class, call);
    assertTrue(error.getMessage().startsWith(beginning), error.getMessage());
    assertEquals(1, error.getMessage().lines().count());
  }

  private static void silent(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String text = String.valueOf(cause);
      assertFalse(text.contains(READ) || text.contains(WRITE), text);
    }
  }

  private static Security guard(Path certificate, Path key, Path clientCa, String token) {
    return new Security(certificate, key, clientCa, token, null, false, false);
  }

  private static Security tls(Path clientCa, String read, String write) {
    return new Security(server.certificate(), server.key(), clientCa, read, write, false, false);
  }

  private static Security tokens(String read, String write) {
    return new Security(null, null, null, read, write, false, false);
  }

  private static RlaifServer start(Security security) {
    return RlaifServer.start(
        ServerConfig.inProcess(Map.of())
            .listen(ServerConfig.LOOPBACK, 0)
            .compute(1, ComputeConfig.threads(1))
            .secure(security));
  }

  private static String address(RlaifServer server) {
    return ServerConfig.LOOPBACK + ":" + server.port();
  }

  private static RlaifClient open(RlaifServer server, Credentials credentials) {
    return RlaifClient.open(address(server), Duration.ofSeconds(20), credentials);
  }

  private static int models(RlaifServer server, Credentials credentials) {
    try (RlaifClient client = open(server, credentials)) {
      return client.models().size();
    }
  }

  private static StatusRuntimeException refused(RlaifServer server, Credentials credentials) {
    return assertThrows(StatusRuntimeException.class, () -> models(server, credentials));
  }

  private static void unavailable(RlaifServer server, Credentials credentials, String reason) {
    Status status = refused(server, credentials).getStatus();
    assertEquals(Status.Code.UNAVAILABLE, status.getCode());
    assertEquals(
        "the list of models at " + address(server) + ": " + reason, status.getDescription());
  }

  private static void score(RlaifServer server, Credentials credentials) {
    try (RlaifClient client = open(server, credentials)) {
      client.score(ScoreRequest.newBuilder().setModel("nobody").build());
    }
  }

  private static void load(RlaifServer server, Credentials credentials) {
    try (RlaifClient client = open(server, credentials)) {
      client.load("new", "nowhere");
    }
  }

  private static Status.Code code(Executable call) {
    return assertThrows(StatusRuntimeException.class, call).getStatus().getCode();
  }

  private static Channel with(Channel channel, String authorization) {
    var headers = new Metadata();
    headers.put(AUTHORIZATION, authorization);
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static void infer(Channel channel) {
    GRPCInferenceServiceGrpc.newBlockingStub(channel)
        .modelInfer(ModelInferRequest.newBuilder().setModelName("nobody").build());
  }

  private static ServingStatus health(Channel channel) {
    return HealthGrpc.newBlockingStub(channel)
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus();
  }
}
