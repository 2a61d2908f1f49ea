using Actors.Harness;
using Actors.Silo.Lifetime;
using Actors.Silo.Options;
using Actors.Silo.Stores.Sqlite;
using Microsoft.Data.Sqlite;

namespace Actors.Silo.Tests.Lifetime;

/// <summary>Data folders that the real program must not touch. Each begins as what a silo left behind.</summary>
public sealed class RefusedDataTests(RefusedDataTests.Leftover leftover) : IClassFixture<RefusedDataTests.Leftover>, IDisposable
{
    private readonly TemporaryDirectory _folder = leftover.Copy();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task The_data_of_another_node() => Refusal.AssertAsync(
        new(_folder.FullName) { Arguments = ["--Silo:NodeId=2"] }, "belongs to node 1, and this silo is node 2", "--Silo:NodeId=1");

    [Fact]
    public async Task A_newer_format()
    {
        await File.WriteAllTextAsync(_folder.Path(DataDirectory.IdentityFileName), """{"format":99,"nodeId":1,"version":"9.9.9"}""");
        await AssertRefusedAsync("written by a newer program (version 9.9.9, format 99)", "--Silo:DataDirectory=");
    }

    [Fact]
    public async Task A_newer_schema_of_the_store()
    {
        SqliteLibrary.Load(new SiloOptions().SqliteLibrary);
        await using (var store = new SqliteConnection($"Data Source={_folder.Path("store.db")};Pooling=False"))
        {
            await store.OpenAsync();
            await using var command = store.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99; UPDATE schema_version SET oldest_reader = 99";
            await command.ExecuteNonQueryAsync();
        }

        await AssertRefusedAsync("store.db was written by a newer program (schema 99", "--Silo:DataDirectory=");
    }

    [Theory]
    [InlineData("log")]
    [InlineData("wal")]
    public async Task A_newer_format_of_the_log(string part)
    {
        var file = _folder.Path($"{part}/storage");
        var mark = await File.ReadAllTextAsync(file);
        Assert.StartsWith("actors-log 1 ", mark, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, mark.Replace("actors-log 1 ", "actors-log 2 ", StringComparison.Ordinal));
        await AssertRefusedAsync(file, "the folder has format 2; this version reads up to 1. Start the version that wrote it.");
    }

    [Theory]
    [InlineData("wal", "without it acknowledged records are lost")]
    [InlineData("log", "Put the right folders together")]
    public async Task Half_of_a_log(string missing, string sentence)
    {
        Directory.Delete(_folder.Path(missing), recursive: true);
        await AssertRefusedAsync(sentence);
    }

    [Fact]
    public async Task A_store_without_its_logs()
    {
        Directory.Delete(_folder.Path("wal"), recursive: true);
        Directory.Delete(_folder.Path("log"), recursive: true);
        await AssertRefusedAsync("Node 1 had the log storage ", "put the former one back");
    }

    [Fact]
    public async Task A_store_that_is_none()
    {
        await File.WriteAllTextAsync(_folder.Path("store.db"), string.Concat(Enumerable.Repeat("This is no database. ", 500)));
        await AssertRefusedAsync("store.db cannot be opened", "Restore it from a backup");
    }

    [Fact]
    public async Task Checkpoints_that_cannot_be_read()
    {
        foreach (var slot in Directory.GetFiles(_folder.Path("log"), "checkpoint-*")) await File.WriteAllTextAsync(slot, "not a checkpoint");
        await AssertRefusedAsync("neither checkpoint can be read");
    }

    [Fact]
    public async Task What_is_refused_is_not_changed()
    {
        await File.WriteAllTextAsync(_folder.Path(DataDirectory.IdentityFileName), """{"format":99,"nodeId":1,"version":"9.9.9"}""");
        var before = Contents();
        await AssertRefusedAsync("newer program");
        Assert.Equal(before, Contents());
    }

    private Task AssertRefusedAsync(params string[] parts) => Refusal.AssertAsync(new(_folder.FullName), parts);

    private List<string> Contents() =>
    [
        .. Directory.EnumerateFiles(_folder.FullName, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != DirectoryLock.FileName)
            .Select(file => $"{file} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}")
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>What a silo left behind when it was stopped.</summary>
    public sealed class Leftover : IAsyncLifetime
    {
        private readonly TemporaryDirectory _folder = new();

        public async ValueTask InitializeAsync()
        {
            await using var silo = await SiloProcess.StartAsync(new(_folder.FullName) { Arguments = ["--Log:WalFileBytes=33554432"] });
            Assert.Equal(ExitCodes.Success, await silo.StopAsync());
        }

        public ValueTask DisposeAsync()
        {
            _folder.Dispose();
            return default;
        }

        public TemporaryDirectory Copy()
        {
            var copy = new TemporaryDirectory();
            foreach (var folder in Directory.EnumerateDirectories(_folder.FullName, "*", SearchOption.AllDirectories))
                Directory.CreateDirectory(copy.Path(Path.GetRelativePath(_folder.FullName, folder)));
            foreach (var file in Directory.EnumerateFiles(_folder.FullName, "*", SearchOption.AllDirectories))
                File.Copy(file, copy.Path(Path.GetRelativePath(_folder.FullName, file)));
            return copy;
        }
    }
}
