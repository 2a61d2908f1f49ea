namespace Actors.Log.Tests.Support;

/// <summary>A folder of the real file system that goes with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("actors-log-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
