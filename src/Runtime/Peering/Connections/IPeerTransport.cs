using System.IO.Pipelines;

namespace Actors.Runtime.Peering;

/// <summary>The bytes of one connection. Disposing sends what was written and ends it; aborting ends it at once, from any thread.</summary>
internal interface IPeerTransport : IAsyncDisposable
{
    PipeReader Input { get; }

    PipeWriter Output { get; }

    void Abort(string reason);
}
