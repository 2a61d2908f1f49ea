using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Life;

/// <summary>A thread that ends the first activation of each grain within a microsecond of the moment in which it becomes active.</summary>
public sealed class Ender : IDisposable
{
    private static readonly DeactivationReason Reason = new(DeactivationReasonCode.ApplicationRequested, "The test wants it so.");
    private readonly Thread _thread;
    private IGrainContext? _next;
    private bool _stopped;

    public Ender()
    {
        _thread = new Thread(End);
        _thread.Start();
    }

    /// <summary>The activation is about to become active. Every second one is left alone, or no call would ever be answered.</summary>
    public void Begins(IGrainContext context)
    {
        if (Activations++ % 2 == 0)
        {
            Volatile.Write(ref _next, context);
        }
    }

    /// <summary>How many there were; written by one grain at a time.</summary>
    public int Activations { get; private set; }

    public void Dispose()
    {
        Volatile.Write(ref _stopped, true);
        _thread.Join();
    }

    private void End()
    {
        for (int round = 0; !Volatile.Read(ref _stopped);)
        {
            if (Interlocked.Exchange(ref _next, null) is { } context)
            {
                for (int wait = round++ % 64; wait > 0; wait--)
                {
                    Volatile.Read(ref _stopped);
                }

                context.Deactivate(Reason);
            }
        }
    }
}
