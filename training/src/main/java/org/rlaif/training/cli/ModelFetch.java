package org.rlaif.training.cli;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.UserError;
import org.rlaif.v1.FetchModelRequest;
import org.rlaif.v1.FetchModelResponse;
import org.rlaif.v1.TrainingGrpc;

/** The files of a model folder as they come, each checked when it is whole. */
final class ModelFetch {
  private static final long LONGEST_CALL_S = 600;

  private final String run;
  private final String model;
  private final Path place;
  private @Nullable List<FetchModelResponse.File> files;
  private long received;
  private int file;
  private long written; // of that file
  private MessageDigest digest = AtomicFiles.digest("SHA-256");

  /**
   * @param place an empty folder
   */
  ModelFetch(String run, String model, Path place) {
    this.run = run;
    this.model = model;
    this.place = place;
  }

  /** Until all of them are there, whatever happens to the connection. */
  void all(RlaifClient client, Reconnecting reconnecting) {
    while (true) {
      try {
        Iterator<FetchModelResponse> messages =
            TrainingGrpc.newBlockingStub(client.channel())
                .withDeadlineAfter(LONGEST_CALL_S, TimeUnit.SECONDS)
                .fetchModel(
                    FetchModelRequest.newBuilder()
                        .setRun(run)
                        .setModel(model)
                        .setOffset(received)
                        .build());
        list(messages.next().getFilesList());
        while (messages.hasNext()) {
          reconnecting.hear();
          take(messages.next().getData());
        }
        finishFiles();
        UserError.require(
            file == files().size(), "model", model, files().size() + " files; not all came");
        return;
      } catch (StatusRuntimeException e) {
        reconnecting.pause(e);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private List<FetchModelResponse.File> files() {
    return files == null ? List.of() : files;
  }

  private void list(List<FetchModelResponse.File> all) {
    UserError.require(
        files == null || files.equals(all), "model", model, "the same files as a moment ago");
    for (FetchModelResponse.File each : all) {
      Path target = place.resolve(each.getPath()).normalize();
      UserError.require(
          target.startsWith(place) && !target.equals(place),
          "path",
          each.getPath(),
          "one within the model's folder");
    }
    files = all;
  }

  private void take(ByteString some) throws IOException {
    ByteString rest = some;
    while (!rest.isEmpty()) {
      finishFiles();
      UserError.require(file < files().size(), "model", model, "no more bytes than its files have");
      FetchModelResponse.File at = files().get(file);
      int count = (int) Math.min(rest.size(), at.getBytes() - written);
      append(at, rest.substring(0, count));
      rest = rest.substring(count);
      written += count;
      received += count;
    }
  }

  private void append(FetchModelResponse.File at, ByteString some) throws IOException {
    Path target = place.resolve(at.getPath());
    Files.createDirectories(target.getParent());
    try (OutputStream out =
        Files.newOutputStream(target, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      some.writeTo(out);
    }
    digest.update(some.asReadOnlyByteBuffer());
  }

  /** Those whose bytes are all there, empty ones too. */
  private void finishFiles() throws IOException {
    while (file < files().size() && written == files().get(file).getBytes()) {
      FetchModelResponse.File at = files().get(file);
      append(at, ByteString.EMPTY);
      String sum = HexFormat.of().formatHex(digest.digest()); // begins anew
      UserError.require(sum.equals(at.getSha256()), at.getPath(), "SHA-256 " + sum, at.getSha256());
      file++;
      written = 0;
    }
  }
}
