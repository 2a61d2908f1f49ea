using Orleans.Runtime;

namespace Actors.Runtime.Invocation;

/// <summary>The runtime's way in: takes requests from references and sees that each is answered.</summary>
internal interface IGrainCallSender
{
    /// <summary>
    /// Sends a request. Never runs the callee on this stack and never throws for the callee's reasons: whatever happens,
    /// the request is completed, later and elsewhere (a one-way request is completed at once).
    /// </summary>
    void Send(GrainReference target, GrainRequest request);

    /// <summary>A reference to the same grain through another interface.</summary>
    object Cast(GrainReference reference, Type interfaceType);
}
