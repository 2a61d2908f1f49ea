namespace Orleans;

/// <summary>A filter of calls that leave, as a delegate.</summary>
public delegate Task OutgoingGrainCallFilterDelegate(IOutgoingGrainCallContext context);
