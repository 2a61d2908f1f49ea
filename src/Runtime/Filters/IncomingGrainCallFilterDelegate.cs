namespace Orleans;

/// <summary>A filter of calls that arrive, as a delegate.</summary>
public delegate Task IncomingGrainCallFilterDelegate(IIncomingGrainCallContext context);
