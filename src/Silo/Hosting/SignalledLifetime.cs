namespace Actors.Silo.Hosting;

/// <summary>Leaves signals to <see cref="Lifetime.SiloProgram"/>: the host starts and stops when it is told.</summary>
public sealed class SignalledLifetime : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
