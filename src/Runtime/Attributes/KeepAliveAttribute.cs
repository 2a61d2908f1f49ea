namespace Orleans;

/// <summary>Activations of this grain class are not collected when they are idle.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public class KeepAliveAttribute : Attribute;
