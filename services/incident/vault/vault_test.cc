#include <sodium.h>

#include <filesystem>
#include <fstream>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/incident/vault/file_type.h"
#include "services/incident/vault/key_ring.h"
#include "services/incident/vault/sealed_file.h"

namespace evenhand::incident {
namespace {

namespace fs = std::filesystem;

class Vault : public ::testing::Test {
 protected:
  Vault() {
    EXPECT_GE(sodium_init(), 0);
    std::string name = (fs::temp_directory_path() / "vault-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~Vault() override { fs::remove_all(folder_); }

  std::string Sealed(const std::string& content) {
    const std::string path = folder_ + "/" + std::to_string(++made_);
    SealedFileWriter writer(path, key_, "id");
    for (std::size_t at = 0; at < content.size(); at += 10'000)
      EXPECT_TRUE(writer.Write(std::string_view(content).substr(at, 10'000)).ok());
    EXPECT_TRUE(writer.Finish().ok());
    return path;
  }
  absl::Status Read(const std::string& path, std::string* content, const std::string& bound_to = "id") {
    content->clear();
    return ReadSealedFile(path, key_, bound_to, [&](std::string_view chunk) {
      content->append(chunk);
      return true;
    });
  }
  static std::string Bytes(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void Put(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

  std::string folder_;
  const std::string key_ = NewFileKey();
  int made_ = 0;
};

std::string Noise(std::size_t size) {
  std::mt19937 random(7);
  std::string noise(size, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  return noise;
}

TEST_F(Vault, Clause12_3_ComesBackAsItWentInAndLiesEncrypted) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, kChunkBytes - 1, kChunkBytes, kChunkBytes + 1, 3 * kChunkBytes, 3 * kChunkBytes + 17}) {
    const std::string content = Noise(size);
    const std::string path = Sealed(content);
    std::string back;
    EXPECT_TRUE(Read(path, &back).ok()) << size;
    EXPECT_EQ(back, content);
    if (size > 64) {
      EXPECT_EQ(Bytes(path).find(content.substr(0, 32)), std::string::npos);
    }
  }
}

TEST_F(Vault, EveryDamageIsNoticed) {
  const std::string path = Sealed(Noise(3 * kChunkBytes + 100));
  const std::string whole = Bytes(path);
  constexpr std::size_t kHead = crypto_secretstream_xchacha20poly1305_HEADERBYTES,
                        kSealed = kChunkBytes + crypto_secretstream_xchacha20poly1305_ABYTES;
  const std::string head = whole.substr(0, kHead), one = whole.substr(kHead, kSealed), two = whole.substr(kHead + kSealed, kSealed),
                    rest = whole.substr(kHead + 2 * kSealed);
  std::string flipped = whole;
  flipped[kHead + kSealed + 5] ^= 1;
  for (const std::string& bad : {flipped, head + two + one + rest, head + one + rest, head + one + two, whole + "x",
                                 whole.substr(0, whole.size() - 1), std::string("short"), std::string()}) {
    Put(path, bad);
    std::string back;
    EXPECT_TRUE(absl::IsDataLoss(Read(path, &back))) << bad.size();
  }
  Put(path, whole);
  std::string back;
  EXPECT_TRUE(absl::IsDataLoss(Read(path, &back, "another")));
  EXPECT_TRUE(absl::IsNotFound(Read(folder_ + "/none", &back)));
  EXPECT_TRUE(absl::IsUnavailable(Read(folder_, &back))) << "a folder can be opened and not read, as a disk that is at fault";
}

TEST_F(Vault, AnUploadBrokenOffLeavesNothing) {
  {
    SealedFileWriter writer(folder_ + "/broken", key_, "id");
    EXPECT_TRUE(writer.Write(Noise(200'000)).ok());
  }
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(Vault, ANewKeyWrapsAnewAndTheOldOneStillOpens) {
  KeyRing ring(folder_ + "/keys", [] { return true; });
  const auto wrapped = ring.Wrap("secret of a file, 32 bytes long.");
  ASSERT_TRUE(wrapped.ok());
  std::ofstream(folder_ + "/keys", std::ios::app) << "key-2 " << "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" << "\n";
  EXPECT_EQ(*ring.CurrentId(), "key-2");
  EXPECT_EQ(*ring.Unwrap(wrapped->key_id, wrapped->bytes), "secret of a file, 32 bytes long.");
  EXPECT_EQ(ring.Wrap("x")->key_id, "key-2");
  // Another's key under its name, one that is gone, a row that is damaged: all of them the keys' fault, none of them the file's.
  EXPECT_TRUE(absl::IsFailedPrecondition(ring.Unwrap("key-9", wrapped->bytes).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(ring.Unwrap("key-2", wrapped->bytes).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(ring.Unwrap(wrapped->key_id, wrapped->bytes.substr(1)).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(ring.Unwrap(wrapped->key_id, "").status()));
  EXPECT_FALSE(KeyRing(folder_ + "/none", [] { return false; }).CurrentId().ok());
  EXPECT_FALSE(fs::exists(folder_ + "/none"));
}

TEST(FileTypes, AreWhatTheContentSays) {
  EXPECT_EQ(SniffType("%PDF-1.7\n"), "application/pdf");
  EXPECT_EQ(SniffType("<!DOCTYPE html><html><script>alert(1)</script></html>"), "text/html");
  EXPECT_EQ(SniffType("Just a few words.\n"), "text/plain");
}

}  // namespace
}  // namespace evenhand::incident
