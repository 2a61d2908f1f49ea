using System.Diagnostics;

namespace Actors.Storage.Tests.BackEnds.Files;

/// <summary>A process that opens a file to write, and has it open until it is disposed of.</summary>
internal sealed class FileHolder : IAsyncDisposable
{
    private readonly Process _process;

    public FileHolder(string path) =>
        _process = Process.Start(new ProcessStartInfo("bash", ["-c", "exec 3<>\"$0\"; echo open; read", path]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    public int Id => _process.Id;

    public async Task OpenedAsync() => Assert.Equal("open", await _process.StandardOutput.ReadLineAsync().WaitAsync(BackEndWorld.Guard));

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(BackEndWorld.Guard);
        _process.Dispose();
    }
}
