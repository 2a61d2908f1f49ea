using System.Runtime.InteropServices;

namespace Actors.Silo.Lifetime;

/// <summary>
/// Turns Ctrl-C, SIGTERM and SIGQUIT into one request to stop. A second signal does not wait any longer: it has its usual
/// effect and ends the process at once.
/// </summary>
public sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _requested = new();
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Starts to watch.</summary>
    public StopSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
        PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Handle),
    ];

    /// <summary>Fires at the first signal.</summary>
    public CancellationToken Requested => _requested.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _requested.Dispose();
    }

    private void Handle(PosixSignalContext signal)
    {
        if (_requested.IsCancellationRequested) return;
        signal.Cancel = true;
        _requested.Cancel();
    }
}
