"""What every storage does alike, and what a person is told when it cannot."""

from __future__ import annotations

import errno
import io
import os
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import boto3
import pyarrow.fs as pafs
import pytest
from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError, SSLError

from lake import failpoints
from lake.errors import ConfigError, ObjectMissingError, StorageError
from lake.storage import S3Options, Storage, open_storage
from lake.storage.files import os_errors
from lake.storage.local import LocalStorage
from lake.storage.rangefile import RangeFile
from lake.storage.s3 import S3Storage
from lake.storage.s3_errors import explain

pytestmark = pytest.mark.usefixtures("aws")


def test_objects_come_back(storage: Storage, tmp_path: Path) -> None:
    storage.put("a/b/one", b"first")
    storage.put("a/b/one", b"second")
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    storage.put("a/two", path)
    assert storage.get("a/b/one") == b"second"
    assert storage.get_range("a/two", 3, 4) == b"3456"
    assert storage.get_range("a/two", 8, 40) == b"89"
    assert storage.get_range("a/two", 3, 0) == b""
    with storage.open_input("a/two") as file:
        file.seek(5)
        assert file.read(3) == b"567"
    assert [(i.key, i.size) for i in storage.list()] == [("a/b/one", 6), ("a/two", 10)]
    assert [i.key for i in storage.list("a/t")] == ["a/two"]
    assert storage.list("nothing/here/") == []
    head = storage.head("a/two")
    assert head is not None
    assert head == storage.list("a/two")[0]
    assert abs(head.modified - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_write_changes_the_etag(storage: Storage) -> None:
    storage.put("k", b"1")
    first = storage.head("k")
    storage.put("k", b"2")
    second = storage.head("k")
    assert first is not None
    assert second is not None
    assert first.etag != second.etag


def test_missing_objects(storage: Storage) -> None:
    for read in (
        lambda: storage.get("no"),
        lambda: storage.get_range("no", 0, 1),
        lambda: storage.open_input("no"),
        lambda: storage.open_input("no", 10),
    ):
        with pytest.raises(ObjectMissingError, match="no such object"):
            read()
    assert storage.head("no") is None
    storage.delete(["no"])


def test_deleted_objects_are_gone(storage: Storage) -> None:
    storage.put("a/1", b"x")
    storage.put("a/2", b"x")
    storage.delete(["a/1"])
    assert [i.key for i in storage.list()] == ["a/2"]


def test_the_objects_as_a_file_system(storage: Storage) -> None:
    storage.put("a/one", b"x" * 5000)
    files = storage.filesystem
    assert files.get_file_info("a/one").size == 5000
    assert files.get_file_info(["a/none"])[0].type == pafs.FileType.NotFound
    with files.open_input_file("a/one") as file:
        file.seek(4990)
        assert file.read() == b"x" * 10
    with pytest.raises(FileNotFoundError):
        files.open_input_file("a/none")


def test_a_bucket_is_read_only_through_its_file_system(s3: Storage) -> None:
    with pytest.raises(NotImplementedError):
        s3.filesystem.delete_file("a")
    assert s3.filesystem == s3.filesystem
    assert s3.filesystem.type_name == "py::taar"


def test_a_range_file_reads_what_is_there(s3: Storage) -> None:
    content = os.urandom(700_000)
    s3.put("big", content)
    file = RangeFile(partial(s3.get_range, "big"), "big", len(content))
    assert file.readable()
    assert file.seekable()
    assert file.size() == len(content)
    assert file.seek(-8, io.SEEK_END) == len(content) - 8
    assert file.read(8) == content[-8:]
    assert file.read(1) == b""
    for start, length in ((0, 10), (10, 300_000), (5, 5), (699_990, 100), (400_000, 131_073)):
        file.seek(start)
        assert file.read(length) == content[start : start + length]
    file.seek(100)
    file.seek(20, io.SEEK_CUR)
    assert file.tell() == 120
    assert file.read() == content[120:]


def test_parts_that_lie_close_together_are_fetched_together() -> None:
    content = os.urandom(24 << 20)
    asked: list[tuple[int, int]] = []

    def fetch(start: int, length: int) -> bytes:
        asked.append((start, length))
        return content[start : start + length]

    file = RangeFile(fetch, "big", len(content))
    near = [(5000, 6000), (0, 100), (700_000, 900_000)]
    file.hold([*near, (20 << 20, 21 << 20)])
    assert sorted(asked) == [(0, 900_000), (20 << 20, 1 << 20)]
    file.hold([(4 << 20, 11 << 20), (11 << 20, 14 << 20)], more=True)
    # Neighbours, but too long together for one request.
    assert sorted(asked[2:]) == [(4 << 20, 7 << 20), (11 << 20, 3 << 20)]
    for start, end in (*near, (20 << 20, 21 << 20), (5 << 20, 11 << 20), (13 << 20, 14 << 20)):
        file.seek(start)
        assert file.read_buffer(end - start) == content[start:end]
    assert len(asked) == 4
    file.hold([])
    file.seek(0)
    assert file.read(100) == content[:100]
    assert len(asked) == 5


def test_an_object_that_shrank_is_noticed(s3: Storage) -> None:
    s3.put("small", b"123")
    with pytest.raises(OSError, match="ends before"):
        RangeFile(partial(s3.get_range, "small"), "small", 10).read(10)


def test_a_large_file_goes_up_in_parts(s3_endpoint: str, bucket: str, tmp_path: Path) -> None:
    options = S3Options(endpoint_url=s3_endpoint, multipart_bytes=5 << 20)
    storage = open_storage(f"s3://{bucket}", options)
    path = tmp_path / "big"
    path.write_bytes(os.urandom(11 << 20))
    storage.put("big", path)
    head = storage.head("big")
    assert head is not None
    assert head.etag.endswith("-3")  # S3 counts the parts in the tag.
    with storage.open_input("big") as file:
        assert file.read() == path.read_bytes()


def test_sweeping_up_what_was_interrupted(s3_endpoint: str, bucket: str, s3: Storage) -> None:
    client = boto3.client("s3", endpoint_url=s3_endpoint)
    client.create_multipart_upload(Bucket=bucket, Key="some/prefix/big")
    # moto dates every upload to November 2010, other servers to now.
    assert s3.sweep(datetime(2010, 1, 1, tzinfo=UTC)) == 0
    assert s3.sweep(datetime.now(UTC) + timedelta(days=1)) == 1
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)


def test_temporary_files_are_out_of_sight_and_swept(local: Storage, tmp_path: Path) -> None:
    failpoints.arm("local.rename=enospc")
    with pytest.raises(StorageError, match="disk is full"):
        local.put("a/one", b"x")
    failpoints.arm(None)
    left = tmp_path / "lake" / ".tmp" / "dead.tmp"
    left.write_bytes(b"half")
    assert local.list() == []
    assert [p.name for p in left.parent.iterdir()] == ["dead.tmp"]
    assert local.sweep(datetime.now(UTC) - timedelta(days=1)) == 0
    assert local.sweep(datetime.now(UTC) + timedelta(days=1)) == 1
    assert not left.exists()


def test_the_server_has_a_clock(s3: Storage, local: Storage) -> None:
    at = s3.server_time()
    assert at is not None
    assert abs(at - datetime.now(UTC)) < timedelta(minutes=1)
    assert local.server_time() is None


def test_keys_stay_inside_the_folder(local: Storage) -> None:
    for key in ("", "/etc/passwd", "a/../../b"):
        with pytest.raises(ValueError, match="not an object key"):
            local.put(key, b"")


def test_addresses_of_folders(tmp_path: Path) -> None:
    for url in (str(tmp_path / "one"), f"file://{tmp_path / 'one'}"):
        storage = open_storage(url)
        assert isinstance(storage, LocalStorage)
        assert storage.url == str(tmp_path / "one")
    with pytest.raises(ConfigError, match="no lake here"):
        open_storage(str(tmp_path / "none"), create=False)
    assert open_storage(str(tmp_path / "one"), create=False).list() == []


@pytest.mark.parametrize(
    ("url", "what"),
    [("", "empty"), ("  ", "empty"), ("gs://bucket", "gs://"), ("s3://", "names no bucket")],
)
def test_wrong_addresses(url: str, what: str) -> None:
    with pytest.raises(ConfigError, match=what) as caught:
        open_storage(url)
    assert caught.value.exit_code == 2
    assert caught.value.remedy


def test_a_path_that_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("x")
    with pytest.raises(ConfigError, match="is a file"):
        open_storage(str(path))
    with pytest.raises(ConfigError, match="is a file"):
        open_storage(str(path / "below"))


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")
def test_a_path_that_cannot_be_written() -> None:
    with pytest.raises(StorageError, match="cannot write") as caught:
        open_storage("/proc/taar")
    assert caught.value.remedy


def test_a_full_disk_is_said_to_be_full(local: Storage, tmp_path: Path) -> None:
    failpoints.arm("local.put=enospc")
    with pytest.raises(StorageError, match="disk is full") as caught:
        local.put("a/one", b"x")
    assert "free some space" in str(caught.value)
    failpoints.arm("local.open=enospc")
    with pytest.raises(StorageError, match="disk is full"):
        open_storage(str(tmp_path / "other"))
    failpoints.arm("local.put=eio")
    with pytest.raises(StorageError, match="cannot write a/one"):
        local.put("a/one", b"x")


@pytest.mark.parametrize(
    ("number", "reads", "remedy"),
    [
        (errno.EACCES, True, "the right to read it"),
        (errno.EACCES, False, "the right to write there"),
        (errno.EROFS, False, "the right to write there"),
        (errno.EIO, False, "check the disk"),
        (errno.ENOENT, True, "check that the path exists"),
    ],
)
def test_a_remedy_fits_what_the_system_says(number: int, reads: bool, remedy: str) -> None:
    with pytest.raises(StorageError) as told, os_errors("do it", "here", reads=reads):
        raise OSError(number, os.strerror(number), "here")
    assert remedy in str(told.value.remedy)


def test_a_file_where_a_folder_should_be_is_named(local: Storage, tmp_path: Path) -> None:
    (Path(local.url) / "articles").write_text("x")
    for key in ("articles/x", "articles/y/z"):
        with pytest.raises(StorageError) as told:
            local.put(key, b"x")
        assert f"{Path(local.url) / 'articles'} is a file" in str(told.value.remedy)
    with (
        pytest.raises(StorageError, match="cannot write it") as told,
        os_errors("write it", tmp_path),
    ):
        tmp_path.write_bytes(b"x")
    assert "name a file" in str(told.value.remedy)


def test_a_missing_bucket(s3_endpoint: str) -> None:
    with pytest.raises(StorageError, match="no such bucket") as caught:
        open_storage("s3://not-there", S3Options(endpoint_url=s3_endpoint))
    assert "NoSuchBucket" in str(caught.value)


def test_an_endpoint_where_nobody_listens() -> None:
    begin = time.monotonic()
    with pytest.raises(StorageError, match="cannot be reached") as caught:
        open_storage("s3://bucket/p", S3Options(endpoint_url="http://127.0.0.1:1"))
    assert time.monotonic() - begin < 8
    assert "TAAR_S3_ENDPOINT_URL" in str(caught.value)
    assert "127.0.0.1:1" in str(caught.value)


@pytest.mark.parametrize("endpoint", ["127.0.0.1:9000", "nonsense", "http://"])
def test_an_endpoint_that_is_no_url(endpoint: str) -> None:
    with pytest.raises(ConfigError, match="settings for S3"):
        open_storage("s3://bucket/p", S3Options(endpoint_url=endpoint))


def test_no_such_addressing_style() -> None:
    with pytest.raises(ConfigError, match="addressing style"):
        open_storage("s3://bucket/p", S3Options(addressing_style="sideways"))


def test_no_credentials(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(StorageError, match="credentials") as caught:
        open_storage("s3://bucket/p", S3Options(endpoint_url=s3_endpoint))
    assert "AWS_ACCESS_KEY_ID" in str(caught.value)


def test_the_endpoint_of_the_aws_variables(
    s3_endpoint: str, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_endpoint.replace("127.0.0.1", "localhost"))
    storage = open_storage(f"s3://{bucket}")
    storage.put("k", b"x")
    assert storage.get("k") == b"x"


def test_virtual_style_asks_for_the_bucket_as_a_host() -> None:
    with pytest.raises(StorageError, match=r"bucket\.nowhere\.invalid"):
        open_storage(
            "s3://bucket/p",
            S3Options(endpoint_url="http://nowhere.invalid:9", addressing_style="virtual"),
        )


def test_storages_say_where_they_are(s3: Storage, bucket: str) -> None:
    assert isinstance(s3, S3Storage)
    assert s3.url == f"s3://{bucket}/some/prefix"
    assert s3.parallel > 1


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (ReadTimeoutError(endpoint_url="http://x"), "does not answer in time"),
        (SSLError(endpoint_url="http://x", error=OSError("bad")), "secure connection"),
        (OSError(28, "No space left on device"), "disk is full"),
        (
            ClientError(
                {"Error": {"Code": "NotImplemented", "Message": "No server-side encryption."}},
                "PutObject",
            ),
            "cannot do this: No server-side encryption (NotImplemented)",
        ),
        (BotoCoreError(), "An unspecified error"),
    ],
)
def test_what_goes_wrong_on_the_way_is_told(error: Exception, what: str) -> None:
    told = explain(error, "read k", "s3://bucket/p", "http://x")
    assert what in str(told)
    assert told.remedy
