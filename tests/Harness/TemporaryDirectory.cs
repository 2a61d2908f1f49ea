namespace Actors.Harness;

/// <summary>A folder of its own that goes away with the test.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    /// <summary>The folder's full path.</summary>
    public string FullName { get; } = Directory.CreateTempSubdirectory("actors-").FullName;

    /// <summary>A path below the folder.</summary>
    public string Path(string name) => System.IO.Path.Combine(FullName, name);

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(FullName, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // The test has removed it.
        }
    }
}
