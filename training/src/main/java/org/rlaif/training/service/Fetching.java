package org.rlaif.training.service;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.StageFiles.Stored;
import org.rlaif.kit.UserError;
import org.rlaif.training.run.RunFolder;
import org.rlaif.v1.FetchModelResponse;

/** The files of a model folder, one after the other, as the stage that left it has noted them. */
final class Fetching implements Streams.Source<FetchModelResponse> {
  private static final int CHUNK = 1 << 20;
  private static final String POLICY = "policy";

  private final Path folder;
  private final List<FetchModelResponse.File> files;
  private long skip;
  private boolean listed;
  private int file;
  private long sent; // of that file
  private @Nullable FileChannel channel;

  private Fetching(Path folder, List<FetchModelResponse.File> files, long skip) {
    this.folder = folder;
    this.files = files;
    this.skip = skip;
  }

  /**
   * Of a run's model.
   *
   * @param model the name it would be served under; empty: policy
   * @param offset bytes of all files to leave out
   */
  static Fetching of(RunFolder run, String model, long offset) {
    String name = model.isEmpty() ? POLICY : model;
    Map<String, String> own = new TreeMap<>(run.models());
    own.values().removeIf(place -> Path.of(place).isAbsolute()); // not the run's
    String place = own.get(name);
    if (place == null) {
      String known =
          own.isEmpty() ? "one that it has left; none yet" : String.join(", ", own.keySet());
      throw Status.NOT_FOUND
          .withDescription(UserError.expected("model", name, known).getMessage())
          .asRuntimeException();
    }
    List<FetchModelResponse.File> files = files(run, Path.of(place));
    long bytes = files.stream().mapToLong(FetchModelResponse.File::getBytes).sum();
    UserError.require(offset >= 0 && offset <= bytes, "offset", offset, "from 0 to " + bytes);
    return new Fetching(run.path().resolve(place), files, offset);
  }

  /** As the stage has noted them when it finished. */
  private static List<FetchModelResponse.File> files(RunFolder run, Path place) {
    String stage = place.getName(0).toString();
    String under = place.getName(0).relativize(place) + "/";
    Map<String, Stored> noted = run.finished(stage).map(record -> record.files()).orElse(Map.of());
    List<FetchModelResponse.File> files = new ArrayList<>();
    new TreeMap<>(noted == null ? Map.of() : noted)
        .forEach(
            (path, stored) -> {
              if (path.startsWith(under)) {
                files.add(
                    FetchModelResponse.File.newBuilder()
                        .setPath(path.substring(under.length()))
                        .setBytes(stored.bytes())
                        .setSha256(stored.sha256())
                        .build());
              }
            });
    return files;
  }

  @Override
  public After send(StreamObserver<FetchModelResponse> call) throws IOException {
    if (!listed) {
      listed = true;
      call.onNext(FetchModelResponse.newBuilder().addAllFiles(files).build());
      return After.MORE;
    }
    while (file < files.size() && left() <= skip) {
      skip -= left();
      nextFile();
    }
    if (file == files.size()) {
      return After.END;
    }
    sent += skip;
    skip = 0;
    ByteString some = read();
    sent += some.size();
    call.onNext(FetchModelResponse.newBuilder().setData(some).build());
    return After.MORE;
  }

  private long left() {
    return files.get(file).getBytes() - sent;
  }

  private void nextFile() throws IOException {
    close();
    file++;
    sent = 0;
  }

  private ByteString read() throws IOException {
    Path path = folder.resolve(files.get(file).getPath());
    if (channel == null) {
      channel = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }
    ByteBuffer some = ByteBuffer.allocate((int) Math.min(CHUNK, left()));
    if (channel.read(some, sent) <= 0) {
      throw Status.DATA_LOSS
          .withDescription(path + ": shorter than when the stage finished")
          .asRuntimeException();
    }
    return ByteString.copyFrom(some.flip());
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
      channel = null;
    }
  }
}
