using Actors.Harness;

namespace Actors.Cli.Tests.RealSilo;

/// <summary>One silo for all tests of a class; each test has topics of its own.</summary>
public sealed class SiloFixture : IAsyncLifetime
{
    private readonly TemporaryDirectory _folder = new();
    private SiloProcess? _silo;

    public SiloProcess Silo => _silo!;

    public async ValueTask InitializeAsync() => _silo = await SiloProcess.StartAsync(new(_folder.FullName));

    public async ValueTask DisposeAsync()
    {
        if (_silo is not null) await _silo.DisposeAsync();
        _folder.Dispose();
    }
}
