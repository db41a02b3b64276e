"""The door's words."""

from core.model.text import Text

WORDS = {
    "sign_in.title": Text("登录", "Sign in"),
    "sign_in.heading": Text("监测中心", "Monitoring hub"),
    "sign_in.user": Text("用户名", "User"),
    "sign_in.password": Text("密码", "Password"),
    "sign_in.go": Text("登录", "Sign in"),
    "sign_in.error": Text("错误：", "Error:"),
    "sign_in.no_user": Text("请输入用户名。", "Enter your user name."),
    "sign_in.no_password": Text("请输入密码。", "Enter your password."),
    "sign_in.refused": Text(
        "用户名或密码不正确。请重新输入；忘记密码请找系统管理员。",
        "The user or the password is wrong. Try again; if you forgot it, ask the administrator.",
    ),
    "sign_in.too_many": Text("尝试过多，请一分钟后再试。", "Too many tries. Wait a minute, then try again."),
    "sign_in.unreachable": Text(
        "集控中心无应答，请检查网络后重试。", "The hub does not answer. Check the network and try again."
    ),
    "sign_in.other": Text("未能登录。", "Could not sign in."),
    "sign_in.must_change": Text(
        "这是一次性密码，请设置自己的密码。", "This was a one-time password. Choose your own."
    ),
    "sign_in.fresh": Text("新密码（至少 8 位）", "New password (8 characters or more)"),
    "sign_in.short": Text("新密码至少 8 位。", "The new password needs 8 characters or more."),
}
